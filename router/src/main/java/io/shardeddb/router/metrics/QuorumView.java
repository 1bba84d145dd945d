package io.shardeddb.router.metrics;

import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.QuorumWeights;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.VoterWeight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By whom a shard's writes commit at this moment. Pure.
 *
 * @param leader the leader's server
 * @param term its term
 * @param weighted whether commits go by weights; else each voter weighs 1
 * @param clock which permutation of the weights this is; 0 without weights
 * @param threshold more than this commits, in parts of the sum of all weights
 * @param electionSize how many votes elect
 * @param voters the heaviest, or quickest, first
 * @param cabinet how many of the first voters commit alone
 */
public record QuorumView(
        String leader,
        long term,
        boolean weighted,
        long clock,
        double threshold,
        int electionSize,
        List<Voter> voters,
        int cabinet) {

    /** Who has not been heard for so long is the last. */
    private static final long SILENT_MILLIS = 5_000;

    /**
     * One voter.
     *
     * @param server its server
     * @param weight its part of the sum of all weights
     * @param acknowledged whether it acknowledged the last round, or is not behind
     */
    public record Voter(String server, double weight, boolean acknowledged) {}

    /** What the leader's replica says; absent where it is not a leader's. */
    public static Optional<QuorumView> of(ReplicaStatus replica, String server) {
        if (replica.getRole() != ReplicaRole.LEADER) {
            return Optional.empty();
        }
        Map<Uid, String> names = new HashMap<>();
        for (GroupMember member : replica.getConfiguration().getVotersList()) {
            names.put(member.getMember(), member.getServer());
        }
        int size = names.size();
        return Optional.of(
                replica.getQuorumsCount() > 0
                        ? byWeight(replica, server, names, size)
                        : byHeads(replica, server, names, size));
    }

    private static QuorumView byWeight(ReplicaStatus replica, String server, Map<Uid, String> names, int size) {
        QuorumWeights weights = replica.getQuorums(0);
        List<Voter> voters = new ArrayList<>();
        for (VoterWeight voter : weights.getVotersList()) {
            voters.add(new Voter(
                    names.getOrDefault(voter.getMember(), "?"),
                    (double) voter.getWeight() / weights.getTotal(),
                    voter.getAcknowledged()));
        }
        int tolerance = weights.getFaultTolerance();
        return new QuorumView(
                server, replica.getTerm(), true, weights.getClock(), 0.5, size - tolerance, voters, tolerance + 1);
    }

    private static QuorumView byHeads(ReplicaStatus replica, String server, Map<Uid, String> names, int size) {
        Map<Uid, MemberProgress> progress = new HashMap<>();
        replica.getProgressList().forEach(member -> progress.put(member.getMember(), member));
        List<Voter> voters = new ArrayList<>();
        voters.add(new Voter(server, 1.0 / size, true));
        names.entrySet().stream()
                .filter(member -> !member.getValue().equals(server))
                .sorted(Comparator.comparingDouble(
                                (Map.Entry<Uid, String> member) -> -eagerness(progress.get(member.getKey())))
                        .thenComparing(Map.Entry::getValue))
                .forEach(member -> {
                    MemberProgress known = progress.get(member.getKey());
                    boolean current = known != null && known.getLagEntries() == 0;
                    voters.add(new Voter(member.getValue(), 1.0 / size, current));
                });
        int majority = size / 2 + 1;
        return new QuorumView(
                server, replica.getTerm(), false, 0, (double) (majority - 1) / size, majority, voters, majority);
    }

    /** 1 / (latency + lag + 1); 0 for who is not heard. */
    private static double eagerness(@Nullable MemberProgress member) {
        if (member == null || member.getSilentMillis() > SILENT_MILLIS || member.getQuarantined()) {
            return 0;
        }
        return 1 / (member.getRoundTripMicros() / 1e3 + member.getLagEntries() + 1);
    }

    /** The servers that commit alone. */
    public List<String> quorum() {
        return voters.stream().limit(cabinet).map(Voter::server).toList();
    }
}
