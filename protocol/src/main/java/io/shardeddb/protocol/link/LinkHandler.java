package io.shardeddb.protocol.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import io.shardeddb.protocol.wire.LinkHello;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a connection's pipeline: the greeting, then whole frames of a link. */
abstract sealed class LinkHandler extends ChannelInboundHandlerAdapter permits LinkDialer.Calling, LinkServer.Called {
    static final int VERSION = 1;

    /** The first byte of a frame that is another hello. No message begins so: a field's number is never 0. */
    static final byte HELLO_AGAIN = 0;

    /** Bytes on their way into the network above which a link takes no more, and below which it does again. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(512 << 10, 2 << 20);

    private static final Logger LOG = LoggerFactory.getLogger(LinkHandler.class);

    private @Nullable Link<?, ?> link;
    private @Nullable String fault;
    private boolean heard;

    /** The other side's hello; what is returned takes the rest. Null: it is refused, and the connection is closed. */
    abstract @Nullable Link<?, ?> greet(ChannelHandlerContext context, LinkHello hello);

    /** The other side's hello once more, on a link that stands. */
    abstract void greetAgain(ChannelHandlerContext context, LinkHello hello);

    /** An empty frame came. */
    abstract void asked(ChannelHandlerContext context);

    /** Whether anything came since this was asked last. */
    final boolean heard() {
        boolean since = heard;
        heard = false;
        return since;
    }

    final void add(ChannelPipeline pipeline) {
        pipeline.addLast(new LengthFieldBasedFrameDecoder(
                Link.MAX_MESSAGE_BYTES + Link.LENGTH_BYTES, 0, Link.LENGTH_BYTES, 0, Link.LENGTH_BYTES));
        pipeline.addLast(this);
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object frame) throws IOException {
        byte[] message;
        try {
            ByteBuf bytes = (ByteBuf) frame;
            message = new byte[bytes.readableBytes()];
            bytes.readBytes(message);
        } finally {
            ReferenceCountUtil.release(frame);
        }
        heard = true;
        Link<?, ?> present = link;
        if (message.length == 0) {
            asked(context);
        } else if (present != null && message[0] == HELLO_AGAIN) {
            greetAgain(context, LinkHello.parser().parseFrom(message, 1, message.length - 1));
        } else if (present != null) {
            present.received(message);
        } else {
            Link<?, ?> taken = greet(context, LinkHello.parseFrom(message));
            link = taken;
            if (taken != null) {
                taken.greeted();
            }
        }
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        Link<?, ?> present = link;
        if (present != null) {
            present.writable();
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        // Connections break; anything else is a fault of this software or of the other side's.
        if (failure instanceof IOException) {
            LOG.debug("a link broke", failure);
        } else {
            LOG.error("a link ends", failure);
        }
        fault = String.valueOf(failure.getMessage());
        var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Link<?, ?> present = link;
        if (present != null) {
            present.end(reason());
        }
    }

    /** Why the connection ended. */
    final String reason() {
        String known = fault;
        return known == null ? "closed by the other side" : known;
    }

    final void fault(String reason) {
        fault = reason;
    }
}
