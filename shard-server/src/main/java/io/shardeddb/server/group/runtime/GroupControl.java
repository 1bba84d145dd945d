package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.ConfigurationChange;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Outcome;
import io.shardeddb.consensus.Refusal;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.BootstrapRequest;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OwnInterval;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.schema.SchemaChange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the operator may ask of the groups here. Every call may be repeated; every wait is bounded. */
public final class GroupControl {
    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long DEFAULT_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(DEFAULT_TIMEOUT_MILLIS);
    private static final Logger LOG = LoggerFactory.getLogger(GroupControl.class);

    private final GroupRuntime runtime;

    public GroupControl(GroupRuntime runtime) {
        this.runtime = runtime;
    }

    /** The state of every replica here. */
    public CompletableFuture<List<ReplicaStatus>> status() {
        return runtime.onLoop(() -> runtime.replicas().stream()
                .map(replica -> StatusReport.of(
                        replica,
                        runtime.stores(),
                        runtime.copies().progress(replica.log().group())))
                .toList());
    }

    /** Makes an empty replica with a new member id, forced before it is told; or tells the one that is there. */
    public CompletableFuture<PrepareReplicaReply.Builder> prepare(PrepareReplicaRequest request) {
        CompletableFuture<PrepareReplicaReply.Builder> answer = new CompletableFuture<>();
        runtime.loop().execute(() -> {
            GroupId group = ConfigurationCodec.groupId(request.getGroup());
            GroupReplica present = runtime.replica(group);
            if (present != null) {
                runtime.whenDurable(() -> answer.complete(prepared(present, request)));
                return;
            }
            if (request.hasExpectedMember()) {
                answer.complete(PrepareReplicaReply.newBuilder()
                        .setError(Answers.error(ErrorCode.UNKNOWN_GROUP, "no replica of this group here")));
                return;
            }
            RandomGenerator ids = runtime.surroundings().identities();
            MemberId member = new MemberId(ids.nextLong(), ids.nextLong());
            GroupReplica made = runtime.add(group, member, request.getDatabase(), request.getShard());
            runtime.whenDurable(() -> answer.complete(prepared(made, request)));
        });
        return answer;
    }

    private static PrepareReplicaReply.Builder prepared(GroupReplica replica, PrepareReplicaRequest request) {
        PrepareReplicaReply.Builder reply = PrepareReplicaReply.newBuilder();
        Uid member = ConfigurationCodec.uid(replica.log().member());
        if (request.hasExpectedMember() && !request.getExpectedMember().equals(member)) {
            reply.setError(Answers.error(
                    ErrorCode.WRONG_MEMBER,
                    "the replica here is member " + replica.log().member()));
        }
        return reply.setMember(member).setHasLog(!replica.log().isPristine());
    }

    /** Begins a group with this one voter. */
    public CompletableFuture<ControlReply> bootstrap(BootstrapRequest request) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        CompletableFuture<@Nullable ControlReply> begun = new CompletableFuture<>();
        runtime.loop().execute(() -> begun.complete(begin(group, request)));
        return begun.thenCompose(refusal -> refusal != null
                ? CompletableFuture.completedFuture(refusal)
                : ledHere(group, runtime.now() + DEFAULT_TIMEOUT_NANOS)
                        .thenCompose(leads -> leads ? bringFirst(group, request) : notLed(group)));
    }

    private @Nullable ControlReply begin(GroupId group, BootstrapRequest request) {
        GroupReplica replica = runtime.replica(group);
        if (replica == null || !replica.log().member().equals(ConfigurationCodec.memberId(request.getMember()))) {
            return Answers.control(ErrorCode.WRONG_MEMBER, "this member is not here", LeaderHint.getDefaultInstance());
        }
        Member self = new Member(
                replica.log().member(),
                ConfigurationCodec.ofWire(request.getSelf()).address());
        VoterSet voters = VoterSet.majority(List.of(self));
        GroupLog log = replica.log();
        if (log.isPristine()) {
            runtime.batch().marker(log, SnapshotMarker.bootstrap(voters), false);
            runtime.whenDurable(() -> replica.restart(runtime.now()));
            return null;
        }
        boolean repeated = log.marker().index() == 0
                && log.marker().configuration().equals(Configuration.of(voters))
                && replica.core().status().configuration().equals(Configuration.of(voters));
        return repeated
                ? null
                : Answers.control(
                        ErrorCode.CONFLICT,
                        "this member has a history: term " + replica.core().term() + ", last index " + log.lastIndex(),
                        replica.view().leader());
    }

    private CompletableFuture<Boolean> ledHere(GroupId group, long deadline) {
        ReplicaView view = runtime.view(group);
        if (view != null && view.role() == Role.LEADER && view.schema() != null && view.interval() != null) {
            return CompletableFuture.completedFuture(true);
        }
        if (view == null || runtime.now() - deadline > 0) {
            return CompletableFuture.completedFuture(view != null && view.role() == Role.LEADER);
        }
        if (view.role() == Role.LEADER && view.appliedIndex() > 0) {
            return CompletableFuture.completedFuture(true);
        }
        return later(() -> ledHere(group, deadline));
    }

    private CompletableFuture<ControlReply> notLed(GroupId group) {
        ReplicaView view = runtime.view(group);
        return CompletableFuture.completedFuture(Answers.control(
                ErrorCode.NO_LEADER,
                "the first member does not lead yet" + (view == null ? "" : ": " + view.reason()),
                LeaderHint.getDefaultInstance()));
    }

    /** The first commands; each changes nothing when it is there already. */
    private CompletableFuture<ControlReply> bringFirst(GroupId group, BootstrapRequest request) {
        ReplicaView view = runtime.view(group);
        CompletableFuture<ControlReply> owned = view != null && view.interval() != null
                ? done()
                : propose(
                        group,
                        LoggedCommand.newBuilder()
                                .setOwnInterval(OwnInterval.newBuilder()
                                        .setInterval(request.getInterval())
                                        .setEpoch(request.getEpoch())),
                        DEFAULT_TIMEOUT_MILLIS);
        return owned.thenCompose(reply -> reply.hasError() || !request.hasSchema()
                ? CompletableFuture.completedFuture(reply)
                : define(group, request.getSchema(), DEFAULT_TIMEOUT_MILLIS));
    }

    /**
     * Puts a definition into the log and waits until it is applied here. Leader only. What is bound to be refused is
     * refused here, and leaves no entry behind: the same definition may come again and again.
     */
    public CompletableFuture<ControlReply> define(GroupId group, SchemaDefinition definition, int timeoutMillis) {
        ReplicaView view = runtime.view(group);
        @Nullable
        DatabaseException objection =
                view == null || view.role() != Role.LEADER ? null : SchemaChange.objection(view.schema(), definition);
        return view == null || objection == null
                ? propose(group, LoggedCommand.newBuilder().setDefineSchema(definition), timeoutMillis)
                : CompletableFuture.completedFuture(ControlReply.newBuilder()
                        .setError(objection.toWire())
                        .setLeader(view.leader())
                        .build());
    }

    private static CompletableFuture<ControlReply> done() {
        return CompletableFuture.completedFuture(ControlReply.getDefaultInstance());
    }

    /** Puts a command of the server's own into the log and waits until it is applied here. Leader only. */
    public CompletableFuture<ControlReply> propose(GroupId group, LoggedCommand.Builder command, int timeoutMillis) {
        return proposeEntry(group, command, timeoutMillis).thenApply(result -> {
            ErrorDetail error = result.error();
            return error == null
                    ? ControlReply.newBuilder().setLeader(result.leader()).build()
                    : ControlReply.newBuilder()
                            .setError(error)
                            .setLeader(result.leader())
                            .build();
        });
    }

    /**
     * What happened to a proposed entry.
     *
     * @param outcome what applying gave; absent with an error
     * @param error why there is none
     */
    public record Proposed(
            @Nullable EntryOutcome outcome, @Nullable ErrorDetail error, LeaderHint leader) {}

    /** The same with the outcome. */
    public CompletableFuture<Proposed> proposeEntry(GroupId group, LoggedCommand.Builder command, int timeoutMillis) {
        CompletableFuture<Proposed> answer = new CompletableFuture<>();
        long deadline = GroupClients.deadline(timeoutMillis, runtime.now());
        runtime.loop().execute(() -> {
            GroupReplica replica = leading(group, answer);
            ErrorDetail objection = replica == null ? null : StatusReport.objection(replica, command);
            if (replica != null && objection != null) {
                answer.complete(new Proposed(null, objection, replica.view().leader()));
            } else if (replica != null) {
                BiConsumer<@Nullable EntryOutcome, @Nullable ErrorCode> outcome = (result, code) -> {
                    ErrorDetail error = code != null
                            ? Answers.error(code, "the command was not seen to be applied: " + code)
                            : result == null ? null : result.error();
                    replica.waiters().transactions().drained();
                    answer.complete(new Proposed(result, error, replica.view().leader()));
                };
                replica.proposals()
                        .propose(
                                replica.core(),
                                command,
                                new Proposals.EntryWaiter(deadline, outcome),
                                runtime.now(),
                                replica.view());
                replica.touch();
            }
        });
        return answer;
    }

    private @Nullable GroupReplica leading(GroupId group, CompletableFuture<Proposed> answer) {
        GroupReplica replica = runtime.replica(group);
        if (replica == null) {
            answer.complete(new Proposed(
                    null,
                    Answers.error(ErrorCode.UNKNOWN_GROUP, "no replica of this group here"),
                    LeaderHint.getDefaultInstance()));
            return null;
        }
        ReplicaView view = replica.view();
        if (view.role() != Role.LEADER) {
            answer.complete(new Proposed(
                    null, Answers.error(ErrorCode.NOT_LEADER, Answers.notLeaderText(view)), view.leader()));
            return null;
        }
        return replica;
    }

    /** Compare-and-set on the committed configuration; answered when the new one is committed. */
    public CompletableFuture<ControlReply> changeMembership(ChangeMembershipRequest request) {
        CompletableFuture<ControlReply> answer = new CompletableFuture<>();
        Configuration target = ConfigurationCodec.ofWire(request.getTarget());
        ConfigurationChange change =
                new ConfigurationChange(request.getExpectedConfigurationIndex(), target.voters(), target.learners());
        runtime.loop().execute(() -> {
            GroupReplica replica = runtime.replica(ConfigurationCodec.groupId(request.getGroup()));
            if (replica == null) {
                answer.complete(Answers.control(
                        ErrorCode.UNKNOWN_GROUP, "no replica of this group here", LeaderHint.getDefaultInstance()));
                return;
            }
            switch (replica.core().proposeConfiguration(change, runtime.now())) {
                case Outcome.Refused(Refusal reason, var leader) ->
                    answer.complete(Answers.control(
                            code(reason),
                            "the membership change was refused: " + reason,
                            replica.view().leader()));
                case Outcome.Accepted(long index, long term) -> awaitChange(replica, index, request, answer);
            }
            replica.touch();
        });
        return answer;
    }

    private void awaitChange(
            GroupReplica replica, long index, ChangeMembershipRequest request, CompletableFuture<ControlReply> answer) {
        BiConsumer<Long, Configuration> waiter = (committed, configuration) -> {
            if (committed >= index && !configuration.isJoint()) {
                answer.complete(ControlReply.newBuilder()
                        .setLeader(replica.view().leader())
                        .build());
            }
        };
        replica.configurationWaiters().add(waiter);
        int millis = request.getTimeoutMillis() == 0 ? DEFAULT_TIMEOUT_MILLIS : request.getTimeoutMillis();
        var _ = runtime.surroundings()
                .completeAfter(
                        answer,
                        Answers.control(
                                ErrorCode.OUTCOME_UNKNOWN,
                                "the change was begun, but was not seen committed in time",
                                replica.view().leader()),
                        TimeUnit.MILLISECONDS.toNanos(millis))
                .whenComplete((reply, failure) -> runtime.loop()
                        .execute(() -> replica.configurationWaiters().remove(waiter)));
    }

    private static ErrorCode code(Refusal reason) {
        return switch (reason) {
            case NOT_LEADER -> ErrorCode.NOT_LEADER;
            case CONFIGURATION_CHANGED -> ErrorCode.CONFIGURATION_CHANGED;
            case NOT_CAUGHT_UP -> ErrorCode.NOT_CAUGHT_UP;
            case NO_QUORUM -> ErrorCode.UNSAFE;
            case HAS_LEADER, LOG_DIFFERS -> ErrorCode.CONFLICT;
            case BUSY, TRANSFERRING, TERM_NOT_COMMITTED, CHANGE_PENDING -> ErrorCode.OVERLOADED;
            case RETIRED -> ErrorCode.WRONG_MEMBER;
            case QUARANTINED, NOT_ELIGIBLE, INVALID -> ErrorCode.CONFLICT;
        };
    }

    /** Makes the member here the only voter of its group, and waits until it leads. */
    public CompletableFuture<ControlReply> recover(RecoverRequest request) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        CompletableFuture<@Nullable ControlReply> begun = new CompletableFuture<>();
        runtime.loop().execute(() -> begun.complete(beginRecovery(group, request)));
        return begun.thenCompose(refusal -> refusal != null
                ? CompletableFuture.completedFuture(refusal)
                : ledHere(group, runtime.now() + DEFAULT_TIMEOUT_NANOS)
                        .thenCompose(leads -> leads ? done() : notLed(group)));
    }

    private @Nullable ControlReply beginRecovery(GroupId group, RecoverRequest request) {
        GroupReplica replica = runtime.replica(group);
        if (replica == null || !replica.log().member().equals(ConfigurationCodec.memberId(request.getMember()))) {
            return Answers.control(ErrorCode.WRONG_MEMBER, "this member is not here", LeaderHint.getDefaultInstance());
        }
        if (replica.isQuarantined()) {
            return Answers.control(
                    ErrorCode.CONFLICT,
                    "nothing was changed: this member is quarantined, and what is wrong is in what it has stored: "
                            + replica.view().reason(),
                    LeaderHint.getDefaultInstance());
        }
        @Nullable
        Refusal refusal =
                replica.core().recover(request.getExpectedLastTerm(), request.getExpectedLastIndex(), runtime.now());
        replica.touch();
        if (refusal == null) {
            LOG.warn(
                    "group {} (shard {}): recovered from a lost quorum by command: member {} is its only voter from"
                            + " term {} on",
                    group,
                    replica.log().shard(),
                    replica.log().member(),
                    replica.core().term());
            return null;
        }
        io.shardeddb.consensus.ReplicaStatus status = replica.core().status();
        return Answers.control(
                code(refusal),
                "the recovery was refused: " + refusal + "; the log here ends with term " + status.lastTerm()
                        + ", index " + status.lastIndex(),
                replica.view().leader());
    }

    /** Hands leadership over and waits until somebody else leads. */
    public CompletableFuture<ControlReply> transfer(GroupId group, @Nullable MemberId target, int timeoutMillis) {
        long deadline = GroupClients.deadline(timeoutMillis, runtime.now());
        CompletableFuture<@Nullable ControlReply> begun = new CompletableFuture<>();
        runtime.loop().execute(() -> begun.complete(beginTransfer(group, target)));
        return begun.thenCompose(
                refusal -> refusal != null ? CompletableFuture.completedFuture(refusal) : awaitOther(group, deadline));
    }

    private @Nullable ControlReply beginTransfer(GroupId group, @Nullable MemberId target) {
        GroupReplica replica = runtime.replica(group);
        if (replica == null || replica.view().role() != Role.LEADER) {
            ReplicaView view = replica == null ? null : replica.view();
            return Answers.control(
                    replica == null ? ErrorCode.UNKNOWN_GROUP : ErrorCode.NOT_LEADER,
                    view == null ? "no replica of this group here" : Answers.notLeaderText(view),
                    view == null ? LeaderHint.getDefaultInstance() : view.leader());
        }
        MemberId chosen = target != null
                ? target
                : Housekeeping.best(replica).map(peer -> peer.id()).orElse(null);
        if (chosen != null && chosen.equals(replica.log().member())) {
            return ControlReply.newBuilder().setLeader(replica.view().leader()).build();
        }
        Refusal refusal =
                chosen == null ? Refusal.NOT_ELIGIBLE : replica.core().transferLeadership(chosen, runtime.now());
        replica.touch();
        return refusal == null
                ? null
                : Answers.control(
                        code(refusal),
                        "the transfer was refused: " + refusal,
                        replica.view().leader());
    }

    private CompletableFuture<ControlReply> awaitOther(GroupId group, long deadline) {
        ReplicaView view = runtime.view(group);
        if (view == null
                || (view.role() != Role.LEADER && !view.leader().getAddress().isEmpty())) {
            return CompletableFuture.completedFuture(ControlReply.newBuilder()
                    .setLeader(view == null ? LeaderHint.getDefaultInstance() : view.leader())
                    .build());
        }
        if (runtime.now() - deadline > 0) {
            return CompletableFuture.completedFuture(
                    Answers.control(ErrorCode.OUTCOME_UNKNOWN, "no other leader was seen in time", view.leader()));
        }
        return later(() -> awaitOther(group, deadline));
    }

    /** Asks again after a moment. */
    private <T> CompletableFuture<T> later(Supplier<CompletableFuture<T>> question) {
        CompletableFuture<Void> moment = new CompletableFuture<>();
        var _ = runtime.surroundings().timer().after(POLL_NANOS, () -> moment.complete(null));
        return moment.thenCompose(over -> question.get());
    }

    /** The members that the last committed configuration known here names, and that configuration's index. */
    public CompletableFuture<@Nullable Known> known(GroupId group) {
        return runtime.<@Nullable Known>onLoop(() -> {
            GroupReplica replica = runtime.replica(group);
            return replica == null
                    ? null
                    : new Known(
                            replica.log().member(),
                            replica.core().status().committedConfiguration().configuration(),
                            replica.core().status().committedConfiguration().index(),
                            replica.view());
        });
    }

    /** What a replica knows of its membership. */
    public record Known(MemberId self, Configuration configuration, long configurationIndex, ReplicaView view) {}

    /** Removes a replica: rows first, then log and member id. */
    public CompletableFuture<ControlReply> drop(GroupId group) {
        CompletableFuture<ControlReply> answer = new CompletableFuture<>();
        runtime.loop().execute(() -> {
            GroupReplica replica = runtime.replica(group);
            if (replica == null) {
                answer.complete(ControlReply.getDefaultInstance());
                return;
            }
            boolean begun = replica.applier().runLast(store -> {
                store.drop();
                store.close();
                return () -> {
                    if (runtime.replica(group) == replica) {
                        runtime.remove(replica);
                    }
                    runtime.whenDurable(() -> answer.complete(ControlReply.getDefaultInstance()));
                };
            });
            if (!begun) {
                answer.complete(Answers.control(
                        ErrorCode.OVERLOADED,
                        "the replica's store is busy or away; ask again",
                        replica.view().leader()));
            }
        });
        return runtime.surroundings()
                .completeAfter(
                        answer,
                        Answers.control(
                                ErrorCode.STORE_UNAVAILABLE,
                                "the rows' database did not drop the rows in time",
                                LeaderHint.getDefaultInstance()),
                        DEFAULT_TIMEOUT_NANOS);
    }

    /** This replica's checksums at an index, waited for; {@code null} when there are none in time. */
    public CompletableFuture<@Nullable List<TableChecksum>> checksums(
            GroupId group, MemberId member, long index, int timeoutMillis) {
        CompletableFuture<@Nullable List<TableChecksum>> answer = new CompletableFuture<>();
        runtime.loop().execute(() -> {
            GroupReplica replica = runtime.replica(group);
            if (replica == null || !replica.log().member().equals(member)) {
                answer.complete(null);
            } else {
                replica.waiters()
                        .checksums()
                        .await(index, GroupClients.deadline(timeoutMillis, runtime.now()), answer::complete);
                replica.touch();
            }
        });
        return answer;
    }

    /** A leader asks this server's replica to take a copy. */
    public CompletableFuture<TakeCopyReply> takeCopy(TakeCopyRequest request) {
        return runtime.copies().take(request);
    }

    /** Hands over all leaderships, or takes them again. */
    public void drain(boolean draining) {
        runtime.drain(draining);
    }
}
