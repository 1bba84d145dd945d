package io.shardeddb.operator.observe;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.shardeddb.protocol.wire.ControlGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One connection per server, made when first needed. Every call has a deadline.
 *
 * <p>A connection on which a call did not get through is thrown away, and the next call makes a new one with a new look-up of the
 * server's name. A kept one would wait for gRPC's back-off, which grows to minutes, and for its cache of names, which lasts half a
 * minute, while the server has long been back at another address.
 */
public final class ControlLinks implements AutoCloseable {

    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Function<String, ManagedChannel> connector;

    /** Links over TCP; names are looked up by DNS. */
    public ControlLinks() {
        this(ControlLinks::connect);
    }

    /** @param connector makes a connection to a host:port */
    public ControlLinks(Function<String, ManagedChannel> connector) {
        this.connector = connector;
    }

    /**
     * Makes one call to the server at an address.
     *
     * @throws StatusRuntimeException when it did not get through, or not in time
     */
    public <R> R call(String address, Duration deadline, Function<ControlGrpc.ControlBlockingStub, R> call) {
        ManagedChannel channel = channels.computeIfAbsent(address, connector);
        try {
            return call.apply(
                    ControlGrpc.newBlockingStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            Status.Code code = e.getStatus().getCode();
            boolean broken = code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
            if (broken && channels.remove(address, channel)) {
                // Calls of others that are on it may still end.
                channel.shutdown();
            }
            throw e;
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
