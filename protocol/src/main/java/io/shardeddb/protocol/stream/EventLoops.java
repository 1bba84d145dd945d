package io.shardeddb.protocol.stream;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a process's gRPC connections, both of those that it makes and of those that it takes. One for two
 * processors: each hand-over between threads costs more than the work that is handed over.
 */
public final class EventLoops implements AutoCloseable {

    /**
     * Bytes that one side may send before the other has taken them. A fixed number, since gRPC otherwise measures the
     * connection with a ping for nearly each message, to guess one.
     */
    private static final int FLOW_CONTROL_WINDOW = 4 << 20;

    private final EventLoopGroup group;
    private final boolean epoll = Epoll.isAvailable();

    /** @param name of the threads; a number follows */
    public EventLoops(String name) {
        GrpcLogs.quiet();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        ThreadFactory factory = Thread.ofPlatform().name(name + "-", 0).daemon().factory();
        group = epoll ? new EpollEventLoopGroup(threads, factory) : new NioEventLoopGroup(threads, factory);
    }

    /** Makes connections run on one of the threads. */
    public void use(NettyChannelBuilder builder) {
        builder.eventLoopGroup(group.next())
                .channelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .flowControlWindow(FLOW_CONTROL_WINDOW);
    }

    /** Makes the connections of a server run on the threads. */
    public void use(NettyServerBuilder builder) {
        builder.bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .channelType(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .flowControlWindow(FLOW_CONTROL_WINDOW);
    }

    /** Ends the threads. Connections have to be closed before. */
    @Override
    public void close() {
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
