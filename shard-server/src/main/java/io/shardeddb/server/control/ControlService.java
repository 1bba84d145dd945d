package io.shardeddb.server.control;

import io.grpc.stub.StreamObserver;
import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.BootstrapRequest;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ChecksumMark;
import io.shardeddb.protocol.wire.ChecksumReply;
import io.shardeddb.protocol.wire.ChecksumRequest;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.DrainRequest;
import io.shardeddb.protocol.wire.DropReplicaRequest;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.protocol.wire.PeerChecksumsReply;
import io.shardeddb.protocol.wire.PeerChecksumsRequest;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.protocol.wire.RankCandidatesRequest;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.ReplicaChecksum;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.SealTimestampsRequest;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SetOpenRequest;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.TryTablesRequest;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.runtime.GroupControl;
import io.shardeddb.server.group.runtime.GroupRuntime;
import io.shardeddb.server.group.runtime.StatusReport;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.LogSpace;
import io.shardeddb.server.log.MemberAddress;
import io.shardeddb.server.store.schema.SchemaChange;
import io.shardeddb.server.timestamp.Timestamps;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the operator may ask. Every call is safe to repeat. */
public final class ControlService extends ControlGrpc.ControlImplBase {
    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;

    private final ServerIdentity identity;
    private final GroupRuntime runtime;
    private final GroupControl control;
    private final PeerCalls peers;
    private final Timestamps timestamps;
    private final Authentication authentication;
    private final Trials trials;
    private final Removal removal;
    private final long startedAt = System.nanoTime();

    public ControlService(
            ServerIdentity identity,
            GroupRuntime runtime,
            GroupControl control,
            PeerCalls peers,
            Timestamps timestamps,
            Authentication authentication) {
        this.identity = identity;
        this.runtime = runtime;
        this.control = control;
        this.peers = peers;
        this.timestamps = timestamps;
        this.authentication = authentication;
        this.trials = new Trials(runtime.stores());
        this.removal = new Removal(peers);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<ServerStatus> answer) {
        LogSpace space = runtime.space();
        ServerStatus.Builder status = ServerStatus.newBuilder()
                .setServer(identity.server())
                .setDatabase(identity.database())
                .setVolume(identity.volume())
                .setBootCounter(identity.bootCounter())
                .setProcess(identity.process())
                .setMysqlReachable(runtime.stores().reachable())
                .setReadOnlyReason(runtime.draining() ? "draining" : runtime.readOnlyReason())
                .setDraining(runtime.draining())
                .setLogBytes(space.usedBytes())
                .setLogCapacityBytes(space.capacityBytes())
                .setUptimeMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt))
                .setForce(StatusReport.timing(runtime.forceTimes()))
                .setLateness(StatusReport.timing(runtime.lateness()))
                .setCpu(cpu())
                .setCredential(authentication.fingerprint())
                .setTableRules(SchemaChange.KNOWN_RULES);
        TimestampState timestampState = timestamps.state();
        if (timestampState != null) {
            status.setTimestamps(timestampState);
        }
        answer(
                answer,
                control.status()
                        .thenApply(replicas -> status.addAllReplicas(replicas).build()));
    }

    private static double cpu() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean bean
                ? bean.getProcessCpuLoad()
                : -1;
    }

    @Override
    public void prepareReplica(PrepareReplicaRequest request, StreamObserver<PrepareReplicaReply> answer) {
        if (!request.getDatabase().isEmpty()
                && !identity.database().isEmpty()
                && !request.getDatabase().equals(identity.database())) {
            answer.onNext(PrepareReplicaReply.newBuilder()
                    .setError(Answers.error(
                            ErrorCode.CONFLICT,
                            "this server belongs to database " + identity.database() + ", not to "
                                    + request.getDatabase()))
                    .build());
            answer.onCompleted();
            return;
        }
        answer(
                answer,
                control.prepare(request)
                        .thenCompose(reply -> withoutRemoved(request, reply))
                        .thenApply(reply -> reply.setVolume(identity.volume())
                                .setBootCounter(identity.bootCounter())
                                .build()));
    }

    /** A replica that was once removed from its group never comes back under its id: another takes its place. */
    private CompletableFuture<PrepareReplicaReply.Builder> withoutRemoved(
            PrepareReplicaRequest request, PrepareReplicaReply.Builder prepared) {
        if (!prepared.getHasLog() || prepared.hasError() || request.hasExpectedMember()) {
            return CompletableFuture.completedFuture(prepared);
        }
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        return control.known(group)
                .thenCompose(known -> known == null ? CompletableFuture.completedFuture(true) : isRemoved(known, group))
                .thenCompose(removed -> removed
                        ? control.drop(group)
                                .thenCompose(dropped -> dropped.hasError()
                                        ? CompletableFuture.completedFuture(
                                                PrepareReplicaReply.newBuilder().setError(dropped.getError()))
                                        : control.prepare(request))
                        : CompletableFuture.completedFuture(prepared));
    }

    private CompletableFuture<Boolean> isRemoved(GroupControl.Known known, GroupId group) {
        return known.configuration().contains(known.self())
                ? removal.isKnown(known, group, List.of())
                : CompletableFuture.completedFuture(!known.configuration().equals(Configuration.EMPTY));
    }

    @Override
    public void bootstrap(BootstrapRequest request, StreamObserver<ControlReply> answer) {
        answer(answer, control.bootstrap(request));
    }

    @Override
    public void changeMembership(ChangeMembershipRequest request, StreamObserver<ControlReply> answer) {
        try {
            answer(answer, control.changeMembership(request));
        } catch (IllegalArgumentException e) {
            answer.onNext(Answers.control(
                    ErrorCode.MALFORMED_REQUEST, String.valueOf(e.getMessage()), LeaderHint.getDefaultInstance()));
            answer.onCompleted();
        }
    }

    @Override
    public void transferLeadership(TransferLeadershipRequest request, StreamObserver<ControlReply> answer) {
        answer(
                answer,
                control.transfer(
                        ConfigurationCodec.groupId(request.getGroup()),
                        request.hasTarget() ? ConfigurationCodec.memberId(request.getTarget()) : null,
                        request.getTimeoutMillis()));
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<ControlReply> answer) {
        answer(answer, control.recover(request));
    }

    @Override
    public void defineSchema(DefineSchemaRequest request, StreamObserver<ControlReply> answer) {
        answer(
                answer,
                control.define(
                        ConfigurationCodec.groupId(request.getGroup()),
                        request.getSchema(),
                        request.getTimeoutMillis()));
    }

    @Override
    public void tryTables(TryTablesRequest request, StreamObserver<TryTablesReply> answer) {
        answer(answer, trials.run(request));
    }

    @Override
    public void setOpen(SetOpenRequest request, StreamObserver<ControlReply> answer) {
        answer(
                answer,
                control.propose(
                        ConfigurationCodec.groupId(request.getGroup()),
                        LoggedCommand.newBuilder()
                                .setOpenShard(OpenShard.newBuilder().setOpen(request.getOpen())),
                        request.getTimeoutMillis()));
    }

    @Override
    public void dropReplica(DropReplicaRequest request, StreamObserver<ControlReply> answer) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        MemberId member = ConfigurationCodec.memberId(request.getMember());
        answer(answer, control.known(group).thenCompose(known -> {
            if (known == null) {
                return CompletableFuture.completedFuture(ControlReply.getDefaultInstance());
            }
            if (!known.self().equals(member)) {
                return refused(ErrorCode.WRONG_MEMBER, "the replica here is member " + known.self());
            }
            if (!known.configuration().contains(member) || known.view().state() == ReplicaState.QUARANTINED) {
                return control.drop(group);
            }
            return removal.isKnown(known, group, request.getWitnessesList())
                    .thenCompose(removed -> removed
                            ? control.drop(group)
                            : refused(
                                    ErrorCode.UNSAFE,
                                    "the last committed configuration known here (index "
                                            + known.configurationIndex()
                                            + ") names this member, and no other member knows a later one that"
                                            + " does not"));
        }));
    }

    private static CompletableFuture<ControlReply> refused(ErrorCode code, String message) {
        return CompletableFuture.completedFuture(Answers.control(code, message, LeaderHint.getDefaultInstance()));
    }

    @Override
    public void checksum(ChecksumRequest request, StreamObserver<ChecksumReply> answer) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        int millis = request.getTimeoutMillis() == 0 ? DEFAULT_TIMEOUT_MILLIS : request.getTimeoutMillis();
        LoggedCommand.Builder mark = LoggedCommand.newBuilder()
                .setChecksum(ChecksumMark.newBuilder()
                        .setId(ThreadLocalRandom.current().nextLong()));
        answer(answer, control.proposeEntry(group, mark, millis).thenCompose(proposed -> {
            if (proposed.error() != null || proposed.outcome() == null) {
                ChecksumReply.Builder reply = ChecksumReply.newBuilder();
                return CompletableFuture.completedFuture(
                        proposed.error() == null
                                ? reply.build()
                                : reply.setError(proposed.error()).build());
            }
            return collect(group, proposed.outcome().index(), millis);
        }));
    }

    private CompletableFuture<ChecksumReply> collect(GroupId group, long index, int millis) {
        return control.known(group).thenCompose(known -> {
            List<CompletableFuture<ReplicaChecksum>> parts = new ArrayList<>();
            if (known != null) {
                known.configuration()
                        .everyone()
                        .forEach(member -> parts.add(part(group, member, known, index, millis)));
            }
            return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                    .thenApply(all -> ChecksumReply.newBuilder()
                            .setIndex(index)
                            .addAllReplicas(
                                    parts.stream().map(CompletableFuture::join).toList())
                            .build());
        });
    }

    private CompletableFuture<ReplicaChecksum> part(
            GroupId group, Member member, GroupControl.Known known, long index, int millis) {
        MemberAddress address = MemberAddress.parse(member.address());
        ReplicaChecksum.Builder part = ReplicaChecksum.newBuilder()
                .setMember(ConfigurationCodec.uid(member.id()))
                .setServer(address.server());
        PeerChecksumsRequest request = PeerChecksumsRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(group))
                .setMember(ConfigurationCodec.uid(member.id()))
                .setIndex(index)
                .setTimeoutMillis(millis)
                .build();
        CompletableFuture<PeerChecksumsReply> tables = member.id().equals(known.self())
                ? control.checksums(group, member.id(), index, millis).thenApply(ControlService::ofTables)
                : peers.checksums(address.endpoint(), request);
        return tables.handle((reply, failure) -> {
            if (reply == null) {
                part.setError(Answers.error(ErrorCode.READ_TIMED_OUT, "no answer: " + failure));
            } else if (reply.hasError()) {
                part.setError(reply.getError());
            } else {
                part.addAllTables(reply.getTablesList());
            }
            return part.build();
        });
    }

    private static PeerChecksumsReply ofTables(@Nullable List<TableChecksum> tables) {
        return tables == null
                ? PeerChecksumsReply.newBuilder()
                        .setError(Answers.error(ErrorCode.READ_TIMED_OUT, "no checksum at this index in time"))
                        .build()
                : PeerChecksumsReply.newBuilder().addAllTables(tables).build();
    }

    @Override
    public void drain(DrainRequest request, StreamObserver<ControlReply> answer) {
        control.drain(request.getDraining());
        answer.onNext(ControlReply.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void rankCandidates(RankCandidatesRequest request, StreamObserver<ControlReply> answer) {
        Map<GroupId, Integer> ranks = new HashMap<>();
        request.getRanksList().forEach(rank -> ranks.put(ConfigurationCodec.groupId(rank.getGroup()), rank.getRank()));
        runtime.rank(ranks);
        answer.onNext(ControlReply.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void configureTimestamps(TimestampGroup request, StreamObserver<TimestampState> answer) {
        answer(answer, timestamps.configure(request));
    }

    @Override
    public void sealTimestamps(SealTimestampsRequest request, StreamObserver<TimestampState> answer) {
        answer(answer, timestamps.seal(request));
    }

    private static <T> void answer(StreamObserver<T> answer, CompletableFuture<T> future) {
        var _ = future.whenComplete((reply, failure) -> {
            if (failure != null) {
                answer.onError(io.grpc.Status.INTERNAL
                        .withDescription(String.valueOf(failure.getMessage()))
                        .withCause(failure)
                        .asRuntimeException());
            } else {
                answer.onNext(reply);
                answer.onCompleted();
            }
        });
    }
}
