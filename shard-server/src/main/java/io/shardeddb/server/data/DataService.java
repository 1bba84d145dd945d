package io.shardeddb.server.data;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkReceiver;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LeaderUpdate;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ReplyFrame;
import io.shardeddb.protocol.wire.RequestFrame;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.SettleRequest;
import io.shardeddb.protocol.wire.WatchLeadersRequest;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.LeaderWatch;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.runtime.GroupClients;
import io.shardeddb.server.log.ConfigurationCodec;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of single shards, for routers. Calls are answered on the threads on which their answers become known. */
public final class DataService extends DataGrpc.DataImplBase {
    private final GroupClients clients;
    private final LeaderWatch leaders;

    public DataService(GroupClients clients, LeaderWatch leaders) {
        this.clients = clients;
        this.leaders = leaders;
    }

    /** Who takes the requests of a router's link. */
    public LinkReceiver<RequestFrame> router(Link<RequestFrame, ReplyFrame> link) {
        return new RouterStream(this, clients, link);
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteReply> answer) {
        write(request, reply -> send(answer, reply));
    }

    /** The same for callers in this process. */
    public void write(WriteRequest request, Consumer<WriteReply> answer) {
        GroupClients.Together alone = clients.together();
        write(alone, request, request.getTimeoutMillis(), answer);
        alone.begin();
    }

    /** Checks a write here and adds it to those that are begun together. */
    void write(GroupClients.Together together, WriteRequest request, int timeoutMillis, Consumer<WriteReply> answer) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        ReplicaView view = clients.view(group);
        WriteReply refusal = refusal(view);
        if (refusal != null || view == null) {
            answer.accept(refusal == null ? unknownGroup() : refusal);
            return;
        }
        LoggedRequest logged;
        try {
            logged = TransactionChecks.ends(request)
                    ? TransactionChecks.ending(request)
                    : WriteChecks.check(request, view);
        } catch (DatabaseException e) {
            answer.accept(WriteReply.newBuilder()
                    .setError(e.toWire())
                    .setLeader(view.leader())
                    .setEpoch(view.epoch())
                    .build());
            return;
        }
        Consumer<WriteReply> told =
                request.getContentHash() == 0 ? reply -> answer.accept(withoutGuess(reply)) : answer;
        together.write(group, logged, request.getIdOrigin(), timeoutMillis, told);
    }

    /**
     * A router of an older version does not hash what was sent: a record that is known by such a hash may be of the
     * same request.
     */
    private static WriteReply withoutGuess(WriteReply reply) {
        boolean changed = reply.getError().getCode().equals(ErrorCode.REQUEST_CHANGED.name());
        return changed && reply.getError().getDetailsOrDefault("knownBy", "").equals("sent")
                ? reply.toBuilder()
                        .setError(
                                Answers.error(
                                        ErrorCode.OUTCOME_UNKNOWN,
                                        "the request id was used before by way of a newer version, with this content or another"))
                        .build()
                : reply;
    }

    private static @Nullable WriteReply refusal(@Nullable ReplicaView view) {
        if (view == null) {
            return unknownGroup();
        }
        if (view.role() != Role.LEADER) {
            return Answers.write(
                    ErrorCode.NOT_LEADER, "this replica of shard " + view.shard() + " does not lead", view.leader());
        }
        return null;
    }

    private static WriteReply unknownGroup() {
        return Answers.write(ErrorCode.UNKNOWN_GROUP, "no replica of this group here", LeaderHint.getDefaultInstance());
    }

    @Override
    public void settle(SettleRequest request, StreamObserver<WriteReply> answer) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        WriteReply refusal = refusal(clients.view(group));
        if (refusal != null) {
            send(answer, refusal);
            return;
        }
        if (request.getRequest().getClient().isEmpty()) {
            send(
                    answer,
                    Answers.write(
                            ErrorCode.MALFORMED_REQUEST,
                            "a settle needs a request id",
                            LeaderHint.getDefaultInstance()));
            return;
        }
        LoggedRequest logged = LoggedRequest.newBuilder()
                .setRequest(request.getRequest())
                .setSettle(true)
                .build();
        clients.write(
                group,
                logged,
                IdOrigin.ID_ORIGIN_UNSPECIFIED,
                request.getTimeoutMillis(),
                reply -> send(answer, reply));
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadReply> answer) {
        clients.read(request, reply -> send(answer, reply));
    }

    @Override
    public void scan(ReadRequest request, StreamObserver<ScanChunk> answer) {
        Pace pace = new Pace((ServerCallStreamObserver<ScanChunk>) answer);
        clients.scan(
                request,
                pace::send,
                end -> send(answer, ScanChunk.newBuilder().setEnd(end).build()));
    }

    @Override
    public void watchLeaders(WatchLeadersRequest request, StreamObserver<LeaderUpdate> answer) {
        ServerCallStreamObserver<LeaderUpdate> stream = (ServerCallStreamObserver<LeaderUpdate>) answer;
        stream.setOnCancelHandler(() -> {});
        leaders.watch(update -> {
            if (stream.isCancelled()) {
                return false;
            }
            stream.onNext(update);
            return true;
        });
    }

    private static <T> void send(StreamObserver<T> answer, T reply) {
        if (answer instanceof ServerCallStreamObserver<T> call && call.isCancelled()) {
            return;
        }
        answer.onNext(reply);
        answer.onCompleted();
    }

    /** Makes a scan wait while its client does not take what was sent. */
    private static final class Pace {
        private final ServerCallStreamObserver<ScanChunk> stream;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();

        Pace(ServerCallStreamObserver<ScanChunk> stream) {
            this.stream = stream;
            stream.setOnReadyHandler(this::wake);
            stream.setOnCancelHandler(this::wake);
        }

        private void wake() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        boolean send(ScanChunk chunk) {
            lock.lock();
            try {
                while (!stream.isReady() && !stream.isCancelled()) {
                    changed.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                lock.unlock();
            }
            if (stream.isCancelled()) {
                return false;
            }
            stream.onNext(chunk);
            return true;
        }
    }
}
