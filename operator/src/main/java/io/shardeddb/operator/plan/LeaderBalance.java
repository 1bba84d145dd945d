package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Spreads leaderships evenly: at most one transfer at a time, and only when it lowers the fullest server by more than
 * it loads another.
 */
public final class LeaderBalance {

    /**
     * A follower that has so many entries to get or to apply makes clients wait when it leads. Figures of two servers
     * are a second apart, so that some of it may be what was written meanwhile.
     */
    private static final long MOST_BEHIND = 500;

    /** A leader hears ten times a second of a follower that it reaches. */
    private static final long MOST_SILENT_MILLIS = 1_000;

    private LeaderBalance() {}

    /**
     * A shard in step.
     *
     * @param shard its name
     * @param leader server that leads it
     * @param followers voters that are in step, by server
     * @param fixed whether a person said who is to lead it, so that it counts and does not move for balance
     */
    public record Led(String shard, String leader, Map<String, Uid> followers, boolean fixed) {}

    /** A transfer to make. */
    public record Transfer(String shard, String from, String to, Uid target) {}

    /**
     * Whether a follower could take over at once. A transfer to one that is out of the leader's reach, or that has yet
     * to apply what it missed, would stop the shard's clients for as long as that lasts.
     *
     * @param leader what the leader says
     * @param member the follower
     * @param replica what the follower says
     */
    public static boolean isInStep(ReplicaStatus leader, Uid member, ReplicaStatus replica) {
        return replica.getState() == ReplicaState.HEALTHY
                && leader.getCommitIndex() - replica.getAppliedIndex() <= MOST_BEHIND
                && leader.getProgressList().stream()
                        .anyMatch(progress -> progress.getMember().equals(member)
                                && CaughtUp.within(MOST_BEHIND, progress)
                                && progress.getSilentMillis() <= MOST_SILENT_MILLIS);
    }

    /**
     * The next transfer, if one helps.
     *
     * @param shards all shards, each healthy
     * @param servers all servers that may lead more
     */
    public static Optional<Transfer> next(List<Led> shards, List<String> servers) {
        Map<String, Integer> leads = new HashMap<>();
        servers.forEach(server -> leads.put(server, 0));
        shards.forEach(shard -> leads.merge(shard.leader(), 1, Integer::sum));
        // One that leads already and may not lead more counts, and gets nothing.
        Set<String> mayLead = new HashSet<>(servers);
        Transfer best = null;
        int gain = 1;
        for (Led shard : shards.stream().filter(led -> !led.fixed()).toList()) {
            for (Map.Entry<String, Uid> follower : new TreeMap<>(shard.followers()).entrySet()) {
                int difference = leads.getOrDefault(shard.leader(), 0) - leads.getOrDefault(follower.getKey(), 0);
                if (mayLead.contains(follower.getKey()) && difference > gain) {
                    gain = difference;
                    best = new Transfer(shard.shard(), shard.leader(), follower.getKey(), follower.getValue());
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * The transfer that takes a leadership off a server that is to stop, to the follower that leads least; absent when
     * it leads nothing.
     */
    public static Optional<Transfer> away(List<Led> shards, String server) {
        Map<String, Integer> leads = new HashMap<>();
        shards.forEach(shard -> leads.merge(shard.leader(), 1, Integer::sum));
        for (Led shard : shards) {
            if (shard.leader().equals(server)) {
                Optional<String> target = shard.followers().keySet().stream()
                        .sorted()
                        .min(Comparator.comparingInt(follower -> leads.getOrDefault(follower, 0)));
                if (target.isPresent()) {
                    Uid member = Objects.requireNonNull(shard.followers().get(target.get()));
                    return Optional.of(new Transfer(shard.shard(), server, target.get(), member));
                }
            }
        }
        return Optional.empty();
    }
}
