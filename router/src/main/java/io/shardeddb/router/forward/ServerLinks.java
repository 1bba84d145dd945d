package io.shardeddb.router.forward;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.router.config.RouterSettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One gRPC channel for each server address, made at first use. Answers are handled on the channel's own threads. */
@Singleton
public final class ServerLinks {

    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private final Map<String, Link> links = new ConcurrentHashMap<>();

    private static final class Link {
        private final ManagedChannel channel;
        private final DataGrpc.DataStub stub;
        private volatile double latencyMicros;

        Link(ManagedChannel channel) {
            this.channel = channel;
            this.stub = DataGrpc.newStub(channel);
        }
    }

    /** The asynchronous stub of a server. */
    DataGrpc.DataStub data(String address) {
        return link(address).stub;
    }

    /** The channel of a server, for streams that are read on a thread of their own. */
    public ManagedChannel channel(String address) {
        return link(address).channel;
    }

    /** Tries a failed connection again now instead of after gRPC's own back-off, which grows to minutes. */
    void hurry(String address) {
        ManagedChannel channel = link(address).channel;
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    /** Notes how long a read took. */
    void measured(String address, long micros) {
        Link link = link(address);
        // Weight 1/8, as in TCP's round-trip estimate. A lost update between two threads does no harm.
        link.latencyMicros = link.latencyMicros == 0 ? micros : link.latencyMicros + (micros - link.latencyMicros) / 8;
    }

    /** Typical duration of a read in microseconds; 0 when unknown. */
    double latencyMicros(String address) {
        Link link = links.get(address);
        return link == null ? 0 : link.latencyMicros;
    }

    /** Closes the channels of servers that are gone. */
    void retain(Set<String> addresses) {
        links.forEach((address, link) -> {
            if (!addresses.contains(address) && links.remove(address, link)) {
                link.channel.shutdown();
            }
        });
    }

    private Link link(String address) {
        return links.computeIfAbsent(
                address,
                target -> new Link(NettyChannelBuilder.forTarget("dns:///" + target)
                        .usePlaintext()
                        .directExecutor()
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                        .maxInboundMessageSize(RouterSettings.MAX_MESSAGE_BYTES)
                        .build()));
    }

    @PreDestroy
    void close() {
        links.values().forEach(link -> link.channel.shutdownNow());
    }
}
