package io.shardeddb.protocol.link;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.wire.LinkHello;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes links to servers. */
public final class LinkDialer {
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    /** A machine that is gone closes no connection: after twice this without a sign the link ends. */
    private static final int SILENCE_SECONDS = 4;

    private final @Nullable String localAddress;
    private final LinkHello hello;
    private final Authentication authentication;

    /**
     * @param localAddress address to connect from; absent for any
     * @param hello who connects, complete but for the version and the secret
     * @param authentication what is shown to the other side
     */
    public LinkDialer(@Nullable String localAddress, LinkHello.Builder hello, Authentication authentication) {
        this.localAddress = localAddress;
        this.hello = hello.setVersion(LinkHandler.VERSION).build();
        this.authentication = authentication;
    }

    private LinkHello hello(@Nullable DatabaseSecret shown) {
        return shown == null ? hello : hello.toBuilder().setSecret(shown.text()).build();
    }

    /**
     * Begins a link. It is there when the receiver is told that it is ready.
     *
     * @param endpoint host:port of the server's gRPC services; links have the port behind that
     * @param thread of the link
     * @param parser of the messages that come
     * @param <I> messages that come
     * @param <O> messages that leave
     */
    public <I extends MessageLite, O extends MessageLite> Link<I, O> dial(
            String endpoint, EventLoop thread, Parser<I> parser, LinkReceiver<I> receiver) {
        Link<I, O> link = new Link<>(thread, parser);
        link.receiver(receiver);
        int colon = endpoint.lastIndexOf(':');
        String host = endpoint.substring(0, Math.max(0, colon));
        int port = LinkServer.port(Integer.parseInt(endpoint.substring(colon + 1)));
        // Asking for the address of a name may take long, which this thread may and the link's may not.
        Thread.startVirtualThread(() -> {
            InetSocketAddress address = new InetSocketAddress(host, port);
            thread.execute(() -> connect(link, address, thread));
        });
        return link;
    }

    private void connect(Link<?, ?> link, InetSocketAddress address, EventLoop thread) {
        if (address.isUnresolved()) {
            link.end("the name " + address.getHostString() + " is not known");
            return;
        }
        Calling handler = new Calling(link);
        Bootstrap bootstrap = new Bootstrap()
                .group(thread)
                .channel(LinkThreads.channelType(thread))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, LinkHandler.WATER_MARK)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        handler.add(channel.pipeline());
                    }
                });
        String local = localAddress;
        ChannelFuture connected = local == null
                ? bootstrap.connect(address)
                : bootstrap.connect(address, new InetSocketAddress(local, 0));
        link.connected(connected.channel());
        connected.addListener(outcome -> {
            if (!outcome.isSuccess()) {
                link.end(String.valueOf(outcome.cause().getMessage()));
            }
        });
    }

    /** The side that called. */
    final class Calling extends LinkHandler {
        private final Link<?, ?> link;
        private @Nullable Future<?> watch;
        private @Nullable DatabaseSecret shown;
        private boolean silent;
        private boolean takesNewSecrets;

        Calling(Link<?, ?> link) {
            this.link = link;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            shown = authentication.shown();
            var _ = context.writeAndFlush(Link.frame(context.channel(), hello(shown)));
            watch = context.executor()
                    .scheduleAtFixedRate(() -> watch(context), SILENCE_SECONDS, SILENCE_SECONDS, TimeUnit.SECONDS);
        }

        private void watch(ChannelHandlerContext context) {
            showNewSecret(context);
            if (heard()) {
                silent = false;
            } else if (silent) {
                fault("nothing was heard for " + 2 * SILENCE_SECONDS + " s");
                var _ = context.close();
            } else {
                silent = true;
                var _ = context.writeAndFlush(Unpooled.copyInt(0));
            }
        }

        /** The other side ends a link whose secret is not accepted any more, so the new one is shown before that. */
        private void showNewSecret(ChannelHandlerContext context) {
            DatabaseSecret now = authentication.shown();
            if (takesNewSecrets && !Objects.equals(now, shown)) {
                shown = now;
                var _ = context.writeAndFlush(Link.frameAgain(context.channel(), hello(now)));
            }
        }

        @Override
        void greetAgain(ChannelHandlerContext context, LinkHello again) {
            throw new IllegalStateException("a server sent a second hello");
        }

        @Override
        @Nullable
        Link<?, ?> greet(ChannelHandlerContext context, LinkHello answer) {
            if (answer.getRefusal().isEmpty()) {
                takesNewSecrets = answer.getTakesNewSecrets();
                return link;
            }
            fault("refused: " + answer.getRefusal());
            var _ = context.close();
            return null;
        }

        @Override
        void asked(ChannelHandlerContext context) {
            // It is the answer to this side's question.
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            Future<?> running = watch;
            if (running != null) {
                running.cancel(false);
            }
            // Also when there was no greeting yet.
            link.end(reason());
        }
    }
}
