package io.shardeddb.server.transport;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.CredentialedCalls;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.stream.EventLoops;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to other servers, one per endpoint. Pods move: one that does not stand when a call fails is thrown away,
 * and the next one resolves the name again.
 */
public final class ServerChannels implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    private final @Nullable String localAddress;
    private final EventLoops eventLoops;
    private final CredentialedCalls credentials;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    /**
     * @param localAddress address to send from; absent for any
     * @param eventLoops the connections' threads
     * @param authentication what is shown with each call
     */
    public ServerChannels(@Nullable String localAddress, EventLoops eventLoops, Authentication authentication) {
        this.localAddress = localAddress;
        this.eventLoops = eventLoops;
        this.credentials = new CredentialedCalls(authentication::shown);
    }

    /** The connection to an endpoint (host:port), made when there is none. */
    public ManagedChannel get(String endpoint) {
        return channels.computeIfAbsent(endpoint, this::open);
    }

    /** A connection of its own, to be closed by the caller. */
    ManagedChannel open(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("an endpoint is host:port, not \"" + endpoint + "\"");
        }
        InetSocketAddress address =
                new InetSocketAddress(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .intercept(credentials)
                .maxInboundMessageSize(Link.MAX_MESSAGE_BYTES)
                // A pod that is gone answers nothing at all.
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .keepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS);
        eventLoops.use(builder);
        String local = localAddress;
        if (local != null) {
            builder.localSocketPicker(new NettyChannelBuilder.LocalSocketPicker() {
                @Override
                public InetSocketAddress createSocketAddress(
                        java.net.SocketAddress remote, io.grpc.Attributes attributes) {
                    return new InetSocketAddress(local, 0);
                }
            });
        }
        return builder.build();
    }

    /**
     * Takes note that a call failed: throws the connection away unless it stands. One that stands is kept, because
     * other calls go on with it: copies of other groups among them, which take minutes.
     */
    public void callFailed(String endpoint) {
        ManagedChannel channel = channels.get(endpoint);
        if (channel != null
                && channel.getState(false) != ConnectivityState.READY
                && channels.remove(endpoint, channel)) {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
