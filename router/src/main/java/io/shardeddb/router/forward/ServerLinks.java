package io.shardeddb.router.forward;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.CredentialedCalls;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkDialer;
import io.shardeddb.protocol.link.LinkThreads;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.LinkHello;
import io.shardeddb.protocol.wire.ReplyFrame;
import io.shardeddb.protocol.wire.RouterHello;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections to each server address, made at first use. Requests have a link, which is handled on the threads that
 * serve HTTP, so a request passes no other thread. The rest has a gRPC channel with threads of its own.
 */
@Singleton
public final class ServerLinks {

    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private final EventLoops eventLoops;
    private final LinkDialer dialer;
    private final LinkThreads threads;
    private final CredentialedCalls credentials;
    private final Map<String, ServerLink> links = new ConcurrentHashMap<>();

    private static final class ServerLink {
        private final ManagedChannel channel;
        private final DataGrpc.DataStub stub;
        private final RequestStream requests;
        private volatile double latencyMicros;

        ServerLink(ManagedChannel channel, RequestStream requests) {
            this.channel = channel;
            this.stub = DataGrpc.newStub(channel);
            this.requests = requests;
        }
    }

    ServerLinks(LinkThreads threads, EventLoops eventLoops, Authentication authentication) {
        this.threads = threads;
        this.eventLoops = eventLoops;
        this.dialer = new LinkDialer(
                null, LinkHello.newBuilder().setRouter(RouterHello.getDefaultInstance()), authentication);
        this.credentials = new CredentialedCalls(authentication::shown);
    }

    /** The asynchronous stub of a server. */
    DataGrpc.DataStub data(String address) {
        return link(address).stub;
    }

    /** The stream of a server's requests. */
    RequestStream requests(String address) {
        return link(address).requests;
    }

    /** Ends requests whose time is over. */
    void expire(long now) {
        links.values().forEach(link -> link.requests.expire(now));
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
        ServerLink link = link(address);
        // Weight 1/8, as in TCP's round-trip estimate. A lost update between two threads does no harm.
        link.latencyMicros = link.latencyMicros == 0 ? micros : link.latencyMicros + (micros - link.latencyMicros) / 8;
    }

    /** Typical duration of a read in microseconds; 0 when unknown. */
    double latencyMicros(String address) {
        ServerLink link = links.get(address);
        return link == null ? 0 : link.latencyMicros;
    }

    /** Closes the channels of servers that are gone. */
    void retain(Set<String> addresses) {
        links.forEach((address, link) -> {
            if (!addresses.contains(address) && links.remove(address, link)) {
                link.requests.close();
                link.channel.shutdown();
            }
        });
    }

    private ServerLink link(String address) {
        ServerLink known = links.get(address);
        return known == null ? links.computeIfAbsent(address, this::open) : known;
    }

    private ServerLink open(String address) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .intercept(credentials)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .maxInboundMessageSize(Link.MAX_MESSAGE_BYTES);
        eventLoops.use(builder);
        EventLoop thread = threads.next();
        RequestStream requests =
                new RequestStream(receiver -> dialer.dial(address, thread, ReplyFrame.parser(), receiver), thread);
        return new ServerLink(builder.build(), requests);
    }

    @PreDestroy
    void close() {
        links.values().forEach(link -> link.channel.shutdownNow());
    }
}
