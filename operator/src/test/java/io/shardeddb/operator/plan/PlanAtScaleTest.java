package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The operator's decisions for 10,000 shards on 1,000 servers: ten times the shards that a spec may have. The bounds
 * are those between a decision that looks at everything once and one that looks at everything for each server or shard,
 * which takes minutes. What was measured stands in {@code target/growth/plan.md}.
 */
final class PlanAtScaleTest {

    private static final int SERVERS = 1_000;
    private static final int SHARDS = 10_000;
    private static final int COPIES = 3;
    private static final double LIMIT_SECONDS = 5;
    private static final List<String> ROSTER =
            IntStream.range(0, SERVERS).mapToObj(i -> "server-" + i).toList();
    private static final List<String> LINES = new ArrayList<>(List.of("| decision | ms |", "|---|---|"));

    @AfterAll
    static void report() throws IOException {
        Path file = Path.of("target", "growth", "plan.md");
        Files.createDirectories(file.getParent());
        Files.write(file, LINES);
    }

    /** The second of two runs, so that it is not the compiler that is measured. */
    private static <R> R timed(String what, Supplier<R> decision) {
        R first = decision.get();
        long start = System.nanoTime();
        R result = decision.get();
        double seconds = (System.nanoTime() - start) / 1e9;
        LINES.add(String.format(Locale.ROOT, "| %s | %.0f |", what, seconds * 1000));
        assertThat(result).as(what).isEqualTo(first);
        assertThat(seconds).as(what).isLessThan(LIMIT_SECONDS);
        return result;
    }

    private static String name(int shard) {
        return "shard-" + shard;
    }

    private static List<Placement.Wanted> settled(Map<String, List<String>> placed) {
        return placed.entrySet().stream()
                .map(shard -> new Placement.Wanted(
                        shard.getKey(),
                        COPIES,
                        shard.getValue(),
                        shard.getValue().getFirst(),
                        true,
                        Set.of()))
                .toList();
    }

    private static Map<String, List<String>> place(List<Placement.Wanted> shards, List<String> roster) {
        return Placement.place(shards, roster, Map.of(), true).servers();
    }

    private static Map<String, List<String>> fresh() {
        return place(
                IntStream.range(0, SHARDS)
                        .mapToObj(i -> new Placement.Wanted(name(i), COPIES, List.of(), null, false, Set.of()))
                        .toList(),
                ROSTER);
    }

    private static Map<String, Integer> loads(Map<String, List<String>> placed) {
        Map<String, Integer> loads = new HashMap<>();
        placed.values().forEach(servers -> servers.forEach(server -> loads.merge(server, 1, Integer::sum)));
        return loads;
    }

    @Test
    void placesTenThousandShardsOnAThousandServers() {
        Map<String, List<String>> placed = timed("place new shards", PlanAtScaleTest::fresh);
        assertThat(loads(placed)).hasSize(SERVERS);
        assertThat(loads(placed).values()).allMatch(load -> load == COPIES * SHARDS / SERVERS);
        assertThat(placed.values()).allMatch(servers -> Set.copyOf(servers).size() == COPIES);
        List<Placement.Wanted> there = settled(placed);
        assertThat(timed("place shards that are placed", () -> place(there, ROSTER)))
                .isEqualTo(placed);

        List<String> fewer = ROSTER.subList(0, SERVERS - 100);
        Map<String, List<String>> moved = timed("place what a tenth of the servers held", () -> place(there, fewer));
        assertThat(loads(moved).keySet()).containsExactlyInAnyOrderElementsOf(fewer);

        List<String> more = new ArrayList<>(ROSTER);
        IntStream.range(0, 100).forEach(i -> more.add("more-" + i));
        Map<String, List<String>> balanced = timed("choose what moves to 100 new servers", () -> place(there, more));
        long changed = balanced.entrySet().stream()
                .filter(shard -> !Objects.equals(shard.getValue(), placed.get(shard.getKey())))
                .count();
        assertThat(changed).isEqualTo(Placement.MOST_MOVES);
    }

    @Test
    void judgesTenThousandShardsOnAThousandServers() {
        Map<String, List<String>> placed = fresh();
        Map<String, Uid> groups = new LinkedHashMap<>();
        Map<String, ShardSpec> specs = new LinkedHashMap<>();
        Map<String, String> addresses = new HashMap<>();
        Map<String, ServerStatus.Builder> servers = new HashMap<>();
        ROSTER.forEach(server -> {
            addresses.put(server, server + ":7000");
            servers.put(server, ServerStatus.newBuilder().setServer(server).setMysqlReachable(true));
        });
        placed.forEach((shard, holders) -> {
            Uid group = id(groups.size(), 9);
            groups.put(shard, group);
            specs.put(shard, spec(shard, group, holders));
            for (int i = 0; i < holders.size(); i++) {
                Objects.requireNonNull(servers.get(holders.get(i))).addReplicas(replica(group, holders, i));
            }
        });
        Map<String, ServerStatus> statuses = new HashMap<>();
        servers.forEach((server, status) -> statuses.put(server, status.build()));

        int steps = timed("look at every shard once", () -> {
            Observed observed = new Observed(statuses);
            return groups.entrySet().stream()
                    .mapToInt(shard -> {
                        ShardSpec spec = Objects.requireNonNull(specs.get(shard.getKey()));
                        Uid group = shard.getValue();
                        return ShardPlan.next(new ShardView(
                                        group, spec, addresses, observed, null, List.of(), null, null, null, Map.of()))
                                .size();
                    })
                    .sum();
        });
        assertThat(steps).as("nothing is to be done").isZero();
        Observed observed = new Observed(statuses);
        assertThat(timed(
                        "may a server stop?",
                        () -> java.util.Optional.ofNullable(DisruptionRules.mayStop("server-0", groups, observed))))
                .isEmpty();
        List<LeaderBalance.Led> led = new ArrayList<>();
        groups.forEach((shard, group) -> {
            Observed.Leader leader = Objects.requireNonNull(observed.leader(group));
            Map<String, Uid> followers = new HashMap<>();
            leader.status().getConfiguration().getVotersList().stream()
                    .filter(voter -> !voter.getServer().equals(leader.server()))
                    .forEach(voter -> followers.put(voter.getServer(), voter.getMember()));
            led.add(new LeaderBalance.Led(shard, leader.server(), followers, false));
        });
        assertThat(timed("balance leaderships", () -> LeaderBalance.next(led, ROSTER)))
                .isEmpty();
        Instant now = Instant.EPOCH;
        List<LeaderChoice.Term> terms = timed("read the leaders' terms", () -> LeaderTerms.of(led, groups, observed));
        LeaderMoves.Decision decision =
                timed("choose leaders", () -> LeaderMoves.decide(LeaderMemory.NONE, terms, ROSTER, now));
        assertThat(decision.move()).isNull();
        assertThat(decision.ranks()).hasSize(SHARDS);
        assertThat(decision.memory().avoided()).as("slow servers").isEmpty();
    }

    private static Uid id(int shard, int copy) {
        return Uid.newBuilder().setHigh(shard + 1L).setLow(copy + 1L).build();
    }

    private static ShardSpec spec(String shard, Uid group, List<String> holders) {
        int number = (int) group.getHigh() - 1;
        List<ShardReplicaSpec> members = IntStream.range(0, holders.size())
                .mapToObj(i -> new ShardReplicaSpec(
                        holders.get(i),
                        holders.get(i) + ":7000",
                        Uids.format(id(number, i)),
                        Uids.format(id(number, 8)),
                        MemberRole.Voter))
                .toList();
        return new ShardSpec(
                "db",
                shard,
                new IntervalSpec((long) number, number + 1L),
                1L,
                holders,
                null,
                members.getFirst().memberId(),
                members);
    }

    private static ReplicaStatus replica(Uid group, List<String> holders, int copy) {
        int number = (int) group.getHigh() - 1;
        GroupConfiguration.Builder voters = GroupConfiguration.newBuilder();
        IntStream.range(0, holders.size())
                .forEach(i -> voters.addVoters(GroupMember.newBuilder()
                        .setMember(id(number, i))
                        .setServer(holders.get(i))
                        .setAddress(holders.get(i) + ":7000")));
        ReplicaStatus.Builder replica = ReplicaStatus.newBuilder()
                .setGroup(group)
                .setMember(id(number, copy))
                .setTerm(1)
                .setLastIndex(20)
                .setCommitIndex(20)
                .setAppliedIndex(20)
                .setConfigurationIndex(1)
                .setConfiguration(voters)
                .setOpen(true)
                .setState(ReplicaState.HEALTHY)
                .setRole(copy == 0 ? ReplicaRole.LEADER : ReplicaRole.FOLLOWER);
        if (copy == 0) {
            IntStream.range(0, holders.size())
                    .forEach(i -> replica.addProgress(
                            MemberProgress.newBuilder().setMember(id(number, i)).setMatchIndex(20)));
        }
        return replica.build();
    }
}
