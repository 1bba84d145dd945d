package io.shardeddb.server.group;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.ReplicaStatus;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a leader does about a committed entry that its own database refuses. The databases of a shard may differ, and so one refusal says
 * nothing about the others: the entry is refused for all only where as many voters as elect a leader refuse it, and no voter is known to
 * have carried it out. Such a quorum meets every other one, so that a verdict never goes against a majority that has carried it out.
 */
sealed interface VerdictDecision {

    /** A voter of a version that does not tell what it refuses is taken to refuse what it has not applied after so long. */
    long UNTOLD_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The verdict is proposed: the entry is refused on every replica. */
    record Propose() implements VerdictDecision {}

    /** A voter that has carried out the entry leads instead. */
    record HandOver(MemberId to) implements VerdictDecision {}

    /** Nothing is decided; the entry stays where it is. */
    record Wait(String reason) implements VerdictDecision {}

    /**
     * What is known of another member.
     *
     * @param member who
     * @param counted whether it is to be counted at all: it was not found to be no good
     * @param heard whether it has answered in this term, and a moment ago
     * @param streaming whether it follows closely enough to lead
     * @param applied last index that it said to have applied
     * @param refused the entry that it refuses by its latest answer; -1: none, 0: its version does not say
     */
    record Standing(MemberId member, boolean counted, boolean heard, boolean streaming, long applied, long refused) {

        /**
         * Of a leader's peer.
         *
         * @param now the leader's time
         * @param recent nanoseconds; who has not answered for longer is not heard
         */
        static Standing of(ReplicaStatus.PeerStatus peer, long now, long recent) {
            return new Standing(
                    peer.id(),
                    !peer.quarantined(),
                    peer.lastHeard() != Long.MIN_VALUE && now - peer.lastHeard() < recent,
                    peer.state() == ReplicaStatus.PeerState.REPLICATING,
                    peer.appliedIndex(),
                    peer.refusedIndex());
        }
    }

    /**
     * Decides.
     *
     * @param entry the refused entry
     * @param leader who decides
     * @param told whether the leader's own refusal may be relied upon at present: it is not being tried again
     * @param refusedFor nanoseconds since the leader's database refused it first
     * @param configuration the one in force
     * @param others all other members
     */
    static VerdictDecision of(
            long entry,
            MemberId leader,
            boolean told,
            long refusedFor,
            Configuration configuration,
            List<Standing> others) {
        List<Standing> voters = others.stream()
                .filter(other -> other.counted() && configuration.isVoter(other.member()))
                .toList();
        List<Standing> done =
                voters.stream().filter(other -> other.applied() >= entry).toList();
        if (!done.isEmpty()) {
            Optional<Standing> next = done.stream()
                    .filter(other -> other.heard() && other.streaming())
                    .max(Comparator.comparingLong(Standing::applied));
            return next.isPresent()
                    ? new HandOver(next.get().member())
                    : new Wait("another member has carried it out, and cannot lead at present");
        }
        Set<MemberId> refusing = new HashSet<>();
        if (told) {
            refusing.add(leader);
        }
        for (Standing voter : voters) {
            boolean untold = voter.refused() == 0 && refusedFor >= UNTOLD_NANOS;
            if (voter.heard() && (voter.refused() == entry || untold)) {
                refusing.add(voter.member());
            }
        }
        return told && configuration.elects(refusing::contains)
                ? new Propose()
                : new Wait("too few others refuse it for a verdict");
    }
}
