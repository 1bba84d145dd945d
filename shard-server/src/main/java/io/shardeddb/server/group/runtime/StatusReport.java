package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Durations;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.QuorumStatus;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.QuorumWeights;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Timing;
import io.shardeddb.protocol.wire.VoterWeight;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.apply.Portion;
import io.shardeddb.server.group.decision.Standing;
import io.shardeddb.server.group.propose.EntryTimes;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.log.ConfigurationCodec;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A replica as the operator sees it. Made on the loop. */
public final class StatusReport {
    private StatusReport() {}

    /** What is told of a group whose voters have come to different states, of which none has a majority. */
    static String diverged(long index) {
        return "the members' rows differ from entry " + index
                + " on or from before it, and no majority says whose are right";
    }

    /** What is told while tables change; empty while they do not, or have only just begun to. */
    static String changing(GroupReplica replica) {
        String waiting = replica.tables().waiting(replica.core().role());
        return waiting.isEmpty() ? Portion.changing(replica.applier().portion(), replica.now()) : waiting;
    }

    /**
     * Why a command is not proposed now; {@code null} when nothing is against it. Asked again and again, for as long as
     * tables take to change, it would fill the log.
     */
    static @Nullable ErrorDetail objection(GroupReplica replica, LoggedCommand.Builder command) {
        String changing = command.hasDefineSchema() ? changing(replica) : "";
        if (!changing.isEmpty()) {
            return Answers.error(ErrorCode.OUTCOME_UNKNOWN, changing);
        }
        boolean reshapes = command.hasDefineSchema() || command.hasOwnInterval() || command.hasOpenShard();
        return reshapes && replica.waiters().transactions().drain(replica.now())
                ? Answers.error(ErrorCode.LOCKED, "transactions are prepared; it can be done when they are over")
                : null;
    }

    static ReplicaStatus of(GroupReplica replica, Stores stores, @Nullable CopyProgress copy) {
        io.shardeddb.consensus.ReplicaStatus core = replica.core().status();
        Effects.CommittedConfiguration committed = core.committedConfiguration();
        ReplicaView view = replica.view();
        ReplicaState state = view.state();
        String reason = view.reason();
        if (state == ReplicaState.HEALTHY && !stores.reachable()) {
            // An idle replica would notice only with its next entry.
            state = ReplicaState.STALLED;
            reason = stores.problem();
        }
        if (state == ReplicaState.HEALTHY && reason.isEmpty()) {
            reason = changing(replica);
        }
        if (core.configuration().equals(Configuration.EMPTY) && state == ReplicaState.HEALTHY) {
            state = ReplicaState.EMPTY;
        }
        if (state == ReplicaState.HEALTHY && core.divergedIndex() > 0) {
            reason = diverged(core.divergedIndex());
        }
        // The core of a damaged replica stands still and would lead for ever.
        Role role = replica.isQuarantined() ? Role.FOLLOWER : core.role();
        ReplicaStatus.Builder status = ReplicaStatus.newBuilder()
                .setGroup(ConfigurationCodec.uid(replica.log().group()))
                .setMember(ConfigurationCodec.uid(replica.log().member()))
                .setRole(role(role, core.configuration().isLearner(replica.log().member())))
                .setState(state)
                .setReason(reason)
                .setTerm(core.term())
                .setLeader(view.leader())
                .setFirstIndex(replica.log().firstIndex())
                .setLastIndex(core.lastIndex())
                .setLastTerm(core.lastTerm())
                .setCommitIndex(core.commitIndex())
                .setAppliedIndex(Math.max(0, replica.applier().applied()))
                .setConfiguration(configuration(committed.configuration(), role))
                .setConfigurationIndex(committed.index())
                .setChangeInProgress(
                        core.configuration().isJoint() || !core.configuration().hasMembersOf(committed.configuration()))
                .setEpoch(view.epoch())
                .setOpen(view.open())
                .setLastTimestamp(replica.clock().last())
                .setElectionRank(replica.electionRank())
                .setWaitingWrites(replica.proposals().waiting());
        tables(status, view.schema(), replica, core);
        Interval interval = view.interval();
        if (interval != null) {
            status.setInterval(interval.toWire());
        }
        if (copy != null) {
            status.setCopy(copy);
        }
        status.setApply(timing(replica.applier().times()))
                .setWeight(core.weight().value());
        core.quorums().forEach(quorum -> status.addQuorums(weights(quorum)));
        long now = replica.now();
        status.setPicture(picture(replica, core, role, now));
        if (core.role() == Role.LEADER) {
            status.setLeadsForMillis(Math.max(1, TimeUnit.NANOSECONDS.toMillis(now - replica.ledSince())));
        }
        EntryTimes times = replica.proposals().times();
        status.setCommit(timing(times.commits(now)));
        core.peers()
                .forEach(peer -> status.addProgress(progress(peer, core.lastIndex(), now)
                        .setLagMillis(TimeUnit.NANOSECONDS.toMillis(times.lag(peer.matchIndex(), now)))));
        return status.build();
    }

    private static void tables(
            ReplicaStatus.Builder status,
            @Nullable DatabaseSchema applied,
            GroupReplica replica,
            io.shardeddb.consensus.ReplicaStatus core) {
        if (applied != null) {
            long told = replica.tables().told(core.role(), applied.version());
            status.setSchemaVersion(told);
            if (told == applied.version()) {
                status.setSchemaHash(applied.hash());
            }
        }
    }

    private static ReplicaPicture picture(
            GroupReplica replica, io.shardeddb.consensus.ReplicaStatus core, Role role, long now) {
        ReplicaPicture.Builder picture = ReplicaPicture.newBuilder()
                .setDurableIndex(core.durableIndex())
                .setCertainIndex(Math.max(0, replica.applier().certain()));
        standing(replica.applier().standing(now), picture::setApplying);
        replica.waiters().transactions().tellOpen(picture);
        if (role == Role.LEADER) {
            Proposals proposals = replica.proposals();
            standing(proposals.standing(core.term(), now), picture::setProposing);
            long oldest = proposals.times().lag(core.commitIndex(), now);
            standing(Standing.committing(core.commitIndex(), core.lastIndex(), oldest), picture::setCommitting);
        }
        return picture.build();
    }

    private static void standing(Standing told, Consumer<io.shardeddb.protocol.wire.Standing> target) {
        if (!told.words().isEmpty()) {
            target.accept(io.shardeddb.protocol.wire.Standing.newBuilder()
                    .setWords(told.words())
                    .setMillis(told.millis())
                    .build());
        }
    }

    /** Who was removed the leader tells alone: the list can be long, and one that knows it is enough. */
    private static GroupConfiguration configuration(Configuration committed, Role role) {
        GroupConfiguration wire = ConfigurationCodec.toWire(committed);
        return role == Role.LEADER ? wire : wire.toBuilder().clearRetired().build();
    }

    private static ReplicaRole role(Role role, boolean learner) {
        return switch (role) {
            case LEADER -> ReplicaRole.LEADER;
            case CANDIDATE, PRE_CANDIDATE -> ReplicaRole.CANDIDATE;
            case FOLLOWER -> learner ? ReplicaRole.LEARNER : ReplicaRole.FOLLOWER;
        };
    }

    private static MemberProgress.Builder progress(
            io.shardeddb.consensus.ReplicaStatus.PeerStatus peer, long last, long now) {
        MemberProgress.Builder progress = MemberProgress.newBuilder()
                .setMember(ConfigurationCodec.uid(peer.id()))
                .setMatchIndex(peer.matchIndex())
                .setLagEntries(Math.max(0, last - peer.matchIndex()))
                .setNeedsCopy(peer.state() == io.shardeddb.consensus.ReplicaStatus.PeerState.COPYING)
                .setQuarantined(peer.quarantined());
        progress.setSilentMillis(
                peer.lastHeard() == Long.MIN_VALUE
                        ? Long.MAX_VALUE
                        : TimeUnit.NANOSECONDS.toMillis(Math.max(0, now - peer.lastHeard())));
        Durations.Summary appends = peer.appends();
        Durations.Summary heartbeats = peer.heartbeats();
        long roundTrip = appends.count() > 0 ? appends.average() : heartbeats.average();
        return progress.setRoundTripMicros(TimeUnit.NANOSECONDS.toMicros(roundTrip))
                .setAppends(timing(appends))
                .setHeartbeats(timing(heartbeats));
    }

    /** Times as they are told to others. */
    public static Timing timing(Durations.Summary summary) {
        return Timing.newBuilder()
                .setCount(summary.count())
                .setAverageMicros(TimeUnit.NANOSECONDS.toMicros(summary.average()))
                .setMedianMicros(TimeUnit.NANOSECONDS.toMicros(summary.median()))
                .setP99Micros(TimeUnit.NANOSECONDS.toMicros(summary.high()))
                .build();
    }

    private static QuorumWeights weights(QuorumStatus quorum) {
        QuorumWeights.Builder weights = QuorumWeights.newBuilder()
                .setClock(quorum.clock())
                .setTotal(quorum.total())
                .setFaultTolerance(quorum.tolerance());
        quorum.voters()
                .forEach(voter -> weights.addVoters(VoterWeight.newBuilder()
                        .setMember(ConfigurationCodec.uid(voter.id()))
                        .setWeight(voter.weight())
                        .setAcknowledged(voter.acknowledged())));
        return weights.build();
    }
}
