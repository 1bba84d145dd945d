package io.shardeddb.protocol.link;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.shardeddb.protocol.wire.LinkHello;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One connection to another process. Frames leave in order; one that has left may be lost when the connection breaks.
 * Confined to its thread, but for {@link #close}.
 *
 * @param <I> messages that come
 * @param <O> messages that leave
 */
public final class Link<I extends MessageLite, O extends MessageLite> {

    /** Bytes of a message, at most: of a frame of a link, and of a call next to it. */
    public static final int MAX_MESSAGE_BYTES = 64 << 20;

    static final int LENGTH_BYTES = 4;

    private final EventLoop thread;
    private final Parser<I> parser;
    private @Nullable LinkReceiver<I> receiver;
    private @Nullable Channel channel;
    private boolean greeted;
    private boolean ended;

    Link(EventLoop thread, Parser<I> parser) {
        this.thread = thread;
        this.parser = parser;
    }

    /** The thread that everything of this link happens on. */
    public ScheduledExecutorService thread() {
        return thread;
    }

    /** Whether it takes messages now. If not, {@link LinkReceiver#ready} tells when it does. */
    public boolean isReady() {
        Channel present = channel;
        return greeted && !ended && present != null && present.isWritable();
    }

    /** Sends a message, soon; to a link that has ended it is lost. */
    public void send(O message) {
        Channel present = channel;
        if (greeted && !ended && present != null) {
            // What fails is told to the connection, which ends then.
            var _ = present.writeAndFlush(frame(present, message), present.voidPromise());
        }
    }

    /** Takes no messages until {@link #resume}; a few more may come that were on their way. */
    public void pause() {
        Channel present = channel;
        if (present != null) {
            present.config().setAutoRead(false);
        }
    }

    /** Takes messages again. */
    public void resume() {
        Channel present = channel;
        if (present != null) {
            present.config().setAutoRead(true);
        }
    }

    /** Ends the link; what has not left yet may be lost. Any thread. */
    public void close() {
        thread.execute(() -> end("closed"));
    }

    static ByteBuf frame(Channel channel, MessageLite message) {
        ByteBuf frame = channel.alloc().heapBuffer(LENGTH_BYTES + message.getSerializedSize());
        return body(frame.writeInt(message.getSerializedSize()), message);
    }

    /** A hello that is not the first one. */
    static ByteBuf frameAgain(Channel channel, LinkHello hello) {
        int size = 1 + hello.getSerializedSize();
        ByteBuf frame = channel.alloc().heapBuffer(LENGTH_BYTES + size);
        return body(frame.writeInt(size).writeByte(LinkHandler.HELLO_AGAIN), hello);
    }

    private static ByteBuf body(ByteBuf frame, MessageLite message) {
        int begin = frame.writerIndex();
        int size = message.getSerializedSize();
        try {
            CodedOutputStream body = CodedOutputStream.newInstance(frame.array(), frame.arrayOffset() + begin, size);
            message.writeTo(body);
            body.checkNoSpaceLeft();
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException(e);
        }
        return frame.writerIndex(begin + size);
    }

    // ---- for the connection

    void receiver(LinkReceiver<I> taker) {
        receiver = taker;
    }

    void connected(Channel with) {
        channel = with;
        if (ended) {
            var _ = with.close();
        }
    }

    /** Both sides have said who they are. */
    void greeted() {
        LinkReceiver<I> taker = receiver;
        if (!ended && taker != null) {
            greeted = true;
            taker.ready();
        }
    }

    void received(byte[] message) throws IOException {
        LinkReceiver<I> taker = receiver;
        if (!ended && taker != null) {
            taker.received(parser.parseFrom(message));
        }
    }

    void writable() {
        LinkReceiver<I> taker = receiver;
        if (taker != null && isReady()) {
            taker.ready();
        }
    }

    void end(String reason) {
        if (ended) {
            return;
        }
        ended = true;
        Channel present = channel;
        if (present != null) {
            var _ = present.close();
        }
        LinkReceiver<I> taker = receiver;
        if (taker != null) {
            taker.ended(reason);
        }
    }
}
