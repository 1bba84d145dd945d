package io.shardeddb.operator.observe;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.shardeddb.protocol.credential.CredentialedCalls;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.stream.GrpcLogs;
import io.shardeddb.protocol.wire.ControlGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection per server, made when first needed. Every call has a deadline.
 *
 * <p>A connection on which a call did not get through is thrown away, and the next call makes a new one with a new
 * look-up of the server's name. A kept one would wait for gRPC's back-off, which grows to minutes, and for its cache of
 * names, which lasts half a minute, while the server has long been back at another address.
 */
public final class ControlLinks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlLinks.class);

    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Map<String, DatabaseSecret> shown = new ConcurrentHashMap<>();
    private final Set<String> refusing = ConcurrentHashMap.newKeySet();
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
            R answer = call.apply(ControlGrpc.newBlockingStub(channel)
                    .withInterceptors(new CredentialedCalls(() -> shown.get(address)))
                    .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
            refusing.remove(address);
            return answer;
        } catch (StatusRuntimeException e) {
            Status.Code code = e.getStatus().getCode();
            if (code == Status.Code.UNAUTHENTICATED && refusing.add(address)) {
                LOG.warn("{} refuses this operator: {}", address, e.getStatus().getDescription());
            }
            boolean broken = code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
            if (broken && channels.remove(address, channel)) {
                // Calls of others that are on it may still end.
                channel.shutdown();
            }
            throw e;
        }
    }

    /** Shows this secret to a server from now on. */
    public void show(String address, DatabaseSecret secret) {
        shown.put(address, secret);
    }

    /** Whether a server refused the last call for what was shown to it. */
    public boolean refused(String address) {
        return refusing.contains(address);
    }

    /** Forgets a server that is gone. */
    public void forget(String address) {
        shown.remove(address);
        refusing.remove(address);
        ManagedChannel channel = channels.remove(address);
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private static ManagedChannel connect(String address) {
        GrpcLogs.quiet();
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
