package io.shardeddb.operator.observe;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.shardeddb.protocol.wire.ControlGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One connection per server, made when first needed and dropped when its server is gone. Every call has a deadline. */
public final class ControlLinks implements AutoCloseable {

    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    /** A way to the server at an address, good for one call that ends within the deadline. */
    public ControlGrpc.ControlBlockingStub to(String address, Duration deadline) {
        ManagedChannel channel = channels.computeIfAbsent(address, ControlLinks::connect);
        return ControlGrpc.newBlockingStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Starts a server's connection anew: its pod may have another address now. */
    public void reconnect(String address) {
        ManagedChannel channel = channels.get(address);
        if (channel != null) {
            channel.resetConnectBackoff();
        }
    }

    /** Forgets a server that is gone. */
    public void forget(String address) {
        ManagedChannel channel = channels.remove(address);
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private static ManagedChannel connect(String address) {
        return NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }
}
