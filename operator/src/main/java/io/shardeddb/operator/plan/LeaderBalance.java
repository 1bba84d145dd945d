package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.Uid;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Spreads leaderships evenly: at most one transfer at a time, and only when it lowers the fullest server by more than it loads another. */
public final class LeaderBalance {

    private LeaderBalance() {}

    /**
     * A shard in step.
     *
     * @param shard its name
     * @param leader server that leads it
     * @param followers healthy, caught-up voters by server
     * @param fixed whether a person said who is to lead it, so that it counts and does not move for balance
     */
    public record Led(String shard, String leader, Map<String, Uid> followers, boolean fixed) {}

    /** A transfer to make. */
    public record Transfer(String shard, String from, String to, Uid target) {}

    /**
     * The next transfer, if one helps.
     *
     * @param shards all shards, each healthy
     * @param servers all servers that may lead
     */
    public static Optional<Transfer> next(List<Led> shards, List<String> servers) {
        Map<String, Integer> leads = new HashMap<>();
        servers.forEach(server -> leads.put(server, 0));
        shards.forEach(shard -> leads.merge(shard.leader(), 1, Integer::sum));
        Transfer best = null;
        int gain = 1;
        for (Led shard : shards.stream().filter(led -> !led.fixed()).toList()) {
            for (Map.Entry<String, Uid> follower : new TreeMap<>(shard.followers()).entrySet()) {
                int difference = leads.getOrDefault(shard.leader(), 0)
                        - leads.getOrDefault(follower.getKey(), Integer.MAX_VALUE / 2);
                if (difference > gain) {
                    gain = difference;
                    best = new Transfer(shard.shard(), shard.leader(), follower.getKey(), follower.getValue());
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** The transfer that takes a leadership off a server that is to stop, to the follower that leads least; absent when it leads nothing. */
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
