package io.shardeddb.operator.report;

import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.RecoveryRequest;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A shard's copies as one picture. It is put together from answers that servers gave some milliseconds apart, so a
 * follower can know of more than the leader did when it was asked. The leader's answer is the moment of the picture:
 * nothing is told beyond its commit index.
 */
final class ReplicaReport {

    private final ShardView view;
    private final @Nullable ReplicaStatus leader;
    private final GroupConfiguration membership;

    private ReplicaReport(ShardView view) {
        Observed.Leader known = view.observed().leader(view.group());
        this.view = view;
        this.leader = known == null ? null : known.status();
        this.membership = membership(view);
    }

    /** The recorded members, in their order. */
    static List<ShardReplicaStatus> of(ShardView view) {
        ReplicaReport report = new ReplicaReport(view);
        return view.spec().replicas().stream().map(report::replica).toList();
    }

    /**
     * The latest committed membership that is known: the leader's, or the latest of those that answer. Empty before the
     * group began.
     */
    static GroupConfiguration membership(ShardView view) {
        Observed.Leader leader = view.observed().leader(view.group());
        if (leader != null) {
            return leader.status().getConfiguration();
        }
        return view.observed().replicas(view.group()).stream()
                .max(Comparator.comparingLong(ReplicaStatus::getConfigurationIndex))
                .map(ReplicaStatus::getConfiguration)
                .orElse(GroupConfiguration.getDefaultInstance());
    }

    private ShardReplicaStatus replica(ShardReplicaSpec member) {
        Optional<ReplicaStatus> seen = member.memberId() == null
                ? Optional.empty()
                : view.observed()
                        .replica(member.server(), view.group())
                        .filter(replica -> Uids.format(replica.getMember()).equals(member.memberId()));
        return seen.map(replica -> seen(member, replica)).orElseGet(() -> unseen(member));
    }

    private ShardReplicaStatus unseen(ShardReplicaSpec member) {
        boolean lost = member.memberId() != null && view.fate(member) == ShardView.Fate.LOST;
        return new ShardReplicaStatus(
                member.server(),
                member.memberId(),
                null,
                lost ? "Lost" : "Unreachable",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private ShardReplicaStatus seen(ShardReplicaSpec member, ReplicaStatus replica) {
        boolean retired = view.retired(replica.getMember());
        Optional<MemberProgress> progress = leader == null
                ? Optional.empty()
                : leader.getProgressList().stream()
                        .filter(candidate -> candidate.getMember().equals(replica.getMember()))
                        .findFirst();
        return new ShardReplicaStatus(
                member.server(),
                member.memberId(),
                isMember(replica.getMember()) ? capital(replica.getRole().name()) : null,
                retired ? "Retired" : capital(replica.getState().name()),
                progress.map(MemberProgress::getMatchIndex).map(this::known).orElse(null),
                known(replica.getAppliedIndex()),
                progress.map(value -> lag(value, replica)).orElse(null),
                progress.map(MemberProgress::getLagMillis).orElse(null),
                progress.map(value -> value.getRoundTripMicros() / 1000).orElse(null),
                leader == null && replica.getLastIndex() > 0 ? RecoveryRequest.logEnd(replica) : null,
                filling(replica, retired),
                message(replica, retired));
    }

    /** Whether it takes part; before the group began, everybody that was made should. */
    private boolean isMember(Uid id) {
        return membership.getVotersCount() == 0
                || Stream.of(
                                membership.getVotersList(),
                                membership.getOutgoingVotersList(),
                                membership.getLearnersList())
                        .flatMap(List::stream)
                        .map(GroupMember::getMember)
                        .anyMatch(id::equals);
    }

    /** An index as of the moment of the leader's answer. */
    private long known(long index) {
        return leader == null ? index : Math.min(index, leader.getCommitIndex());
    }

    /**
     * Committed entries that a member lacks: it has what the leader knows of, and what it says to have applied itself.
     */
    private long lag(MemberProgress progress, ReplicaStatus replica) {
        long has = Math.max(progress.getMatchIndex(), replica.getAppliedIndex());
        return leader == null ? 0 : Math.max(0, leader.getCommitIndex() - has);
    }

    /** How far a copy is that is not full yet; absent: it is, or there is nothing to say. */
    private @Nullable String filling(ReplicaStatus replica, boolean retired) {
        if (retired) {
            return null;
        }
        if (replica.getState() == ReplicaState.COPYING) {
            return replica.hasCopy() ? words(replica.getCopy()) : "waiting for a copy of the rows";
        }
        if (leader == null || replica.getState() != ReplicaState.HEALTHY || !isMember(replica.getMember())) {
            return null;
        }
        // A new member has the log before it has the rows: it may vote already, and yet have nothing to show.
        boolean isNew = replica.getRole() == ReplicaRole.LEARNER || replica.getAppliedIndex() == 0;
        return isNew && replica.getAppliedIndex() < leader.getCommitIndex()
                ? "filling: " + replica.getAppliedIndex() + " of " + leader.getCommitIndex() + " log entries applied"
                : null;
    }

    private static String words(CopyProgress copy) {
        return copy.getPhase() + ": " + copy.getRowsCopied() + " of about " + copy.getRowsTotalEstimate()
                + " rows from " + copy.getSource();
    }

    private static @Nullable String message(ReplicaStatus replica, boolean retired) {
        if (retired) {
            return "removed from the shard's group for good; it is dropped before a new copy is made here";
        }
        return replica.getReason().isEmpty() ? null : replica.getReason();
    }

    private static String capital(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }
}
