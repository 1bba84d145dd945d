package io.shardeddb.operator.world;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.protocol.wire.BootstrapRequest;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.DropReplicaRequest;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.protocol.wire.RankCandidatesRequest;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.SealTimestampsRequest;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SetOpenRequest;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.TryTablesRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The Control service of all fake servers on one port; the call's authority says which of them is meant. */
final class FakeControl extends ControlGrpc.ControlImplBase implements AutoCloseable {

    private static final Context.Key<String> ADDRESS = Context.key("address");

    private final FakeServers servers;
    private final Gate gate;
    private final Server server;

    FakeControl(FakeServers servers, Gate gate) throws IOException {
        this.servers = servers;
        this.gate = gate;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        servers.shown(String.valueOf(
                                headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER))));
                        Context context =
                                Context.current().withValue(ADDRESS, Objects.requireNonNull(call.getAuthority()));
                        return Contexts.interceptCall(context, call, headers, next);
                    }
                })
                .build()
                .start();
    }

    /** Links by which an operator reaches these servers. */
    ControlLinks links() {
        return links(server.getPort());
    }

    /** Where the servers answer. */
    int port() {
        return server.getPort();
    }

    static ControlLinks links(int port) {
        return new ControlLinks(
                address -> NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .usePlaintext()
                        .overrideAuthority(address)
                        .build());
    }

    private static String address() {
        return Objects.requireNonNull(ADDRESS.get());
    }

    @Override
    public void status(StatusRequest request, StreamObserver<ServerStatus> answer) {
        ServerStatus status = gate.dead() ? null : servers.status(address());
        answer(answer, status);
    }

    @Override
    public void prepareReplica(PrepareReplicaRequest request, StreamObserver<PrepareReplicaReply> answer) {
        step("PrepareReplica", answer, () -> servers.prepare(address(), request));
    }

    @Override
    public void bootstrap(BootstrapRequest request, StreamObserver<ControlReply> answer) {
        step("Bootstrap", answer, () -> servers.bootstrap(request));
    }

    @Override
    public void changeMembership(ChangeMembershipRequest request, StreamObserver<ControlReply> answer) {
        step("ChangeMembership", answer, () -> servers.change(address(), request));
    }

    @Override
    public void transferLeadership(TransferLeadershipRequest request, StreamObserver<ControlReply> answer) {
        step("TransferLeadership", answer, () -> servers.transfer(address(), request));
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<ControlReply> answer) {
        step("Recover", answer, () -> servers.recover(address(), request));
    }

    @Override
    public void defineSchema(DefineSchemaRequest request, StreamObserver<ControlReply> answer) {
        step("DefineSchema", answer, () -> servers.define(address(), request));
    }

    @Override
    public void tryTables(TryTablesRequest request, StreamObserver<TryTablesReply> answer) {
        // It changes nothing that lasts, so that it is no step.
        boolean answers = !gate.dead() && servers.status(address()) != null;
        answer(answer, answers ? servers.tables().attempt() : null);
    }

    @Override
    public void setOpen(SetOpenRequest request, StreamObserver<ControlReply> answer) {
        step("SetOpen", answer, () -> servers.open(address(), request));
    }

    @Override
    public void dropReplica(DropReplicaRequest request, StreamObserver<ControlReply> answer) {
        step("DropReplica", answer, () -> servers.drop(address(), request));
    }

    @Override
    public void rankCandidates(RankCandidatesRequest request, StreamObserver<ControlReply> answer) {
        answer(answer, gate.dead() ? null : ControlReply.getDefaultInstance());
    }

    @Override
    public void configureTimestamps(TimestampGroup request, StreamObserver<TimestampState> answer) {
        step("ConfigureTimestamps", answer, () -> servers.configureTimestamps(address(), request));
    }

    @Override
    public void sealTimestamps(SealTimestampsRequest request, StreamObserver<TimestampState> answer) {
        step("SealTimestamps", answer, () -> servers.sealTimestamps(address(), request));
    }

    private <A> void step(String what, StreamObserver<A> answer, Supplier<A> action) {
        if (gate.dead() || servers.status(address()) == null) {
            answer(answer, null);
            return;
        }
        A reply = action.get();
        if (reply instanceof ControlReply refused && refused.hasError()) {
            answer(answer, reply);
            return;
        }
        gate.stepped(what + " " + address().replaceAll("\\..*", ""));
        answer(answer, gate.dead() ? null : reply);
    }

    private static <A> void answer(StreamObserver<A> answer, @Nullable A reply) {
        if (reply == null) {
            answer.onError(Status.UNAVAILABLE.withDescription("nobody answers").asRuntimeException());
        } else {
            answer.onNext(reply);
            answer.onCompleted();
        }
    }

    @Override
    public void close() {
        try {
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
