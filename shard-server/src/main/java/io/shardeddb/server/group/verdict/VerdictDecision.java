package io.shardeddb.server.group.verdict;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.ReplicaStatus;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a leader does about a committed entry that its own database refuses. The databases of a shard may differ, so one
 * refusal says nothing about the others. A request is refused for all only if as many voters as elect a leader refuse
 * that very request. It is never refused while somebody relies on its having been carried out.
 *
 * <p>Tables that fewer voters than that have made are told to nobody ({@code UnprovenTables}), so a quorum that refuses
 * them is enough. The leader that proposed a write tells its outcome as soon as its own database has it. If that was
 * another leader, the one that may have told it is waited for, within bounds.
 */
public sealed interface VerdictDecision {

    /**
     * A voter of a version that does not tell what it refuses is taken to refuse what it has not applied after so long.
     */
    long UNTOLD_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * So long a leader waits for voters that may have told the outcome of a write: they are silent, or have not said
     * what they think of it.
     */
    long SILENT_VOTERS_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** The verdict is proposed: the request is refused on every replica. */
    record Propose() implements VerdictDecision {}

    /** A voter that has carried out the entry leads instead. */
    record HandOver(MemberId to) implements VerdictDecision {}

    /** Nothing is decided; the entry stays where it is. */
    record Wait(String reason) implements VerdictDecision {}

    /** Who may rely on it that the entry was carried out. */
    enum Reliance {
        /**
         * Nobody: these are tables that no request behind them names, or nobody but this leader could have told the
         * outcome.
         */
        NOBODY,
        /** A client, if the leader that proposed the write has told it. */
        PERHAPS_A_CLIENT,
        /** The leaders that made, or may have made, the requests after a definition that name its tables. */
        REQUESTS
    }

    /**
     * What the leader's database refuses.
     *
     * @param entry its log index
     * @param request place of the request in the entry, from 0
     * @param definition whether it defines tables
     * @param reliance who may rely on it
     * @param told whether the leader's own refusal may be relied on at present: it is not being tried again
     * @param waited nanoseconds since this leader leads and its database refuses the entry
     */
    record Refused(long entry, int request, boolean definition, Reliance reliance, boolean told, long waited) {}

    /**
     * What is known of another member.
     *
     * @param member who
     * @param counted whether it is to be counted at all: it was not found to be no good
     * @param heard whether it has answered in this term, and a moment ago
     * @param streaming whether it follows closely enough to lead
     * @param applied last index that it said to have applied
     * @param refused the entry that it refuses by its latest answer; -1: none, 0: its version does not say
     * @param request which request of that entry; -1: its version does not say
     */
    record Standing(
            MemberId member,
            boolean counted,
            boolean heard,
            boolean streaming,
            long applied,
            long refused,
            int request) {

        /**
         * Of a leader's peer.
         *
         * @param now the leader's time
         * @param recent nanoseconds; who has not answered for longer is not heard
         */
        public static Standing of(ReplicaStatus.PeerStatus peer, long now, long recent) {
            return new Standing(
                    peer.id(),
                    !peer.quarantined(),
                    peer.lastHeard() != Long.MIN_VALUE && now - peer.lastHeard() < recent,
                    peer.state() == ReplicaStatus.PeerState.REPLICATING,
                    peer.appliedIndex(),
                    peer.refusedIndex(),
                    peer.refusedRequest());
        }

        private boolean refuses(Refused what) {
            if (!heard) {
                return false;
            }
            boolean late = what.waited() >= UNTOLD_NANOS;
            if (refused == what.entry()) {
                return request == what.request() || (request == Message.HeartbeatResponse.REQUEST_NOT_TOLD && late);
            }
            return refused == 0 && late;
        }
    }

    /**
     * Decides.
     *
     * @param what is refused
     * @param leader who decides
     * @param configuration the one in force
     * @param others all other members
     */
    public static VerdictDecision of(
            Refused what, MemberId leader, Configuration configuration, List<Standing> others) {
        if (!what.told()) {
            return new Wait("it is about to be tried again");
        }
        List<Standing> voters = others.stream()
                .filter(other -> other.counted() && configuration.isVoter(other.member()))
                .toList();
        Set<MemberId> refusing = new HashSet<>(Set.of(leader));
        voters.stream().filter(voter -> voter.refuses(what)).forEach(voter -> refusing.add(voter.member()));
        boolean enough = configuration.elects(refusing::contains);
        if (enough && what.definition() && what.reliance() == Reliance.NOBODY) {
            return new Propose();
        }
        List<Standing> done =
                voters.stream().filter(other -> other.applied() >= what.entry()).toList();
        if (!done.isEmpty()) {
            Optional<Standing> next = done.stream()
                    .filter(other -> other.heard() && other.streaming())
                    .max(Comparator.comparingLong(Standing::applied));
            return next.isPresent()
                    ? new HandOver(next.get().member())
                    : new Wait("another member has carried it out, and cannot lead at present");
        }
        if (!enough) {
            return new Wait("too few others refuse it for a verdict");
        }
        return switch (what.reliance()) {
            case NOBODY -> new Propose();
            case PERHAPS_A_CLIENT ->
                what.waited() >= SILENT_VOTERS_NANOS || refusing.size() > voters.size()
                        ? new Propose()
                        : new Wait("a member that does not refuse it may have told its outcome");
            case REQUESTS -> new Wait("requests for its tables stand behind it, so a member has carried it out");
        };
    }

    /**
     * A voter that should lead, because enough voters refuse the tables that this leader has made; absent: they do not,
     * or none can.
     *
     * @param entries the definitions, in log order: who refuses one has not come to the next
     */
    static Optional<MemberId> overruler(List<Long> entries, Configuration configuration, List<Standing> others) {
        return entries.stream()
                .flatMap(entry -> overruler(entry, configuration, others).stream())
                .findFirst();
    }

    private static Optional<MemberId> overruler(long entry, Configuration configuration, List<Standing> others) {
        List<Standing> refusing = others.stream()
                .filter(other -> other.counted() && other.heard() && other.refused() == entry)
                .toList();
        boolean enough = configuration.elects(
                member -> refusing.stream().anyMatch(other -> other.member().equals(member)));
        return enough
                ? refusing.stream()
                        .filter(other -> other.streaming() && configuration.isVoter(other.member()))
                        .findFirst()
                        .map(Standing::member)
                : Optional.empty();
    }
}
