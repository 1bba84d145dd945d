package io.shardeddb.protocol.link;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.Presented;
import io.shardeddb.protocol.wire.LinkHello;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes links. */
public final class LinkServer implements AutoCloseable {
    private static final long CLOSE_MILLIS = 1_000;

    /** A link whose secret was not accepted any more at two looks in a row ends; callers show a new one within 4 s. */
    private static final Duration LOOK_AT_SECRETS = Duration.ofSeconds(10);

    private final LinkHello hello;
    private final Authentication authentication;
    private final long lookMillis;
    private final Acceptor acceptor;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listening;

    /** Decides about a link that begins. */
    @FunctionalInterface
    public interface Acceptor {

        /** Calls one method of {@code caller}, once, before it returns. On the link's thread. */
        void accept(LinkHello hello, Caller caller);
    }

    /** Who wants a link. */
    public static final class Caller {
        private final ChannelHandlerContext context;
        private @Nullable Link<?, ?> taken;
        private String refusal = "this server does not know such a caller";

        private Caller(ChannelHandlerContext context) {
            this.context = context;
        }

        /**
         * Takes the link.
         *
         * @param parser of the messages that come
         * @param receiver makes who takes them
         * @param <I> messages that come
         * @param <O> messages that leave
         */
        public <I extends MessageLite, O extends MessageLite> void take(
                Parser<I> parser, Function<Link<I, O>, LinkReceiver<I>> receiver) {
            Link<I, O> link = new Link<>(context.channel().eventLoop(), parser);
            link.connected(context.channel());
            link.receiver(receiver.apply(link));
            taken = link;
        }

        /** Refuses it. */
        public void refuse(String reason) {
            refusal = reason;
        }
    }

    /**
     * Listens.
     *
     * @param address of the gRPC services; links have the port behind that
     * @param threads of the links
     * @param hello who this is, complete but for the version
     * @param authentication which callers are let in; any other is refused before the acceptor hears of it
     * @throws IOException when the port cannot be used
     */
    public LinkServer(
            InetSocketAddress address,
            LinkThreads threads,
            LinkHello.Builder hello,
            Authentication authentication,
            Acceptor acceptor)
            throws IOException {
        this(address, threads, hello, authentication, LOOK_AT_SECRETS, acceptor);
    }

    /** The same with another time between two looks at the secrets of the links that stand. */
    LinkServer(
            InetSocketAddress address,
            LinkThreads threads,
            LinkHello.Builder hello,
            Authentication authentication,
            Duration lookAtSecrets,
            Acceptor acceptor)
            throws IOException {
        this.hello =
                hello.setVersion(LinkHandler.VERSION).setTakesNewSecrets(true).build();
        this.authentication = authentication;
        this.lookMillis = lookAtSecrets.toMillis();
        this.acceptor = acceptor;
        InetSocketAddress own = new InetSocketAddress(address.getAddress(), port(address.getPort()));
        var bound = new ServerBootstrap()
                .group(threads.group())
                .channel(threads.serverType())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, LinkHandler.WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        new Called().add(channel.pipeline());
                    }
                })
                .bind(own)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on " + own, bound.cause());
        }
        listening = bound.channel();
    }

    /**
     * The port of a server's links.
     *
     * @param grpcPort that of its gRPC services
     */
    public static int port(int grpcPort) {
        return grpcPort + 1;
    }

    /** Takes no more links and ends all that there are. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly(CLOSE_MILLIS);
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
    }

    /** The side that is called. */
    final class Called extends LinkHandler {
        private Presented presented = Presented.secret(null);
        private @Nullable Future<?> looks;
        private boolean unwelcome;

        @Override
        @Nullable
        Link<?, ?> greet(ChannelHandlerContext context, LinkHello of) {
            Caller caller = new Caller(context);
            presented = Presented.secret(of.getSecret());
            String unauthenticated = authentication.refusal(presented);
            if (unauthenticated != null) {
                caller.refuse("UNAUTHENTICATED: " + unauthenticated);
            } else if (of.getVersion() == VERSION) {
                acceptor.accept(of, caller);
            } else {
                caller.refuse("links of version " + of.getVersion() + " are not known here, but of " + VERSION);
            }
            Link<?, ?> link = caller.taken;
            if (link == null) {
                LinkHello answer = hello.toBuilder().setRefusal(caller.refusal).build();
                context.writeAndFlush(Link.frame(context.channel(), answer)).addListener(ChannelFutureListener.CLOSE);
            } else {
                var _ = context.writeAndFlush(Link.frame(context.channel(), hello));
                looks = context.executor()
                        .scheduleAtFixedRate(() -> look(context), lookMillis, lookMillis, TimeUnit.MILLISECONDS);
            }
            return link;
        }

        /**
         * What was shown once is not good for ever: secrets are changed, and a server that let everybody in may stop
         * that.
         */
        private void look(ChannelHandlerContext context) {
            String refusal = authentication.refusal(presented);
            if (refusal != null && unwelcome) {
                fault("UNAUTHENTICATED: " + refusal);
                var _ = context.close();
            }
            unwelcome = refusal != null;
        }

        @Override
        void greetAgain(ChannelHandlerContext context, LinkHello again) {
            Presented fresh = Presented.secret(again.getSecret());
            // One that is not known here yet does not make worse what was shown before.
            if (authentication.refusal(fresh) == null) {
                presented = fresh;
            }
        }

        @Override
        void asked(ChannelHandlerContext context) {
            var _ = context.writeAndFlush(Unpooled.copyInt(0));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            Future<?> running = looks;
            if (running != null) {
                running.cancel(false);
            }
            super.channelInactive(context);
        }
    }
}
