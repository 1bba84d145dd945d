package io.shardeddb.protocol.link;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a process's links. One for two processors: each hand-over between threads costs more than the work
 * that is handed over.
 */
public final class LinkThreads implements AutoCloseable {

    private final EventLoopGroup group;
    private final EventLoop first;
    private final boolean shared;

    private LinkThreads(EventLoopGroup group, boolean shared) {
        this.group = group;
        this.first = group.next();
        this.shared = shared;
    }

    /**
     * Threads for links alone.
     *
     * @param name of the threads; a number follows
     */
    public static LinkThreads start(String name) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        ThreadFactory factory = Thread.ofPlatform().name(name + "-", 0).daemon().factory();
        return new LinkThreads(
                new MultiThreadIoEventLoopGroup(
                        threads,
                        factory,
                        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()),
                false);
    }

    /** Threads that do other things too, and that somebody else ends. */
    public static LinkThreads of(EventLoopGroup threads) {
        return new LinkThreads(threads, true);
    }

    /** One of the threads, always the same, for work of the process that belongs to its messages. */
    public EventLoop first() {
        return first;
    }

    /** One of the threads: the next one each time. */
    public EventLoop next() {
        return group.next();
    }

    EventLoopGroup group() {
        return group;
    }

    static Class<? extends Channel> channelType(EventLoop thread) {
        return isEpoll(thread) ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    Class<? extends ServerChannel> serverType() {
        return isEpoll(first) ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private static boolean isEpoll(EventLoop thread) {
        return thread instanceof IoEventLoop loop && loop.isCompatible(EpollIoHandle.class);
    }

    /** Ends the threads, unless they are somebody else's. Links have to be closed before. */
    @Override
    public void close() {
        if (!shared) {
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
