package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.operator.plan.LeaderBalance.Led;
import io.shardeddb.operator.plan.LeaderChoice.Term;
import io.shardeddb.protocol.leader.LeaderScore;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten minutes and more of leaders, servers and their noise, a look a second, by a clock that is set. */
final class LeaderMovesTest {

    private static final List<String> SERVERS = List.of("a", "b", "c");
    private static final int SEEDS = 12;
    private static final int MINUTE = 60;

    /** What is slow on the whole machine. */
    enum Slowness {
        LATE,
        FORCES,
        BOTH,
        /** The leaders have most to do, and are later than the others. */
        LATER_LEADERS,
        /** Nothing that is seen of a server tells why commits are slow. */
        UNSEEN
    }

    /**
     * A move that was made.
     *
     * @param second when
     */
    private record Made(int second, LeaderBalance.Transfer transfer, boolean balance) {}

    /** Servers with shards, which follow what is decided. */
    private static final class Cluster {
        private final Random random;
        private final Map<String, String> leaders = new TreeMap<>();
        private final Map<String, Instant> since = new HashMap<>();
        private final Set<String> slow = new HashSet<>();
        private final List<Made> made = new ArrayList<>();
        private Slowness machine;
        private boolean machineIsSlow;
        private LeaderMemory memory = LeaderMemory.NONE;
        private Instant now = Instant.ofEpochSecond(1_000);
        private int second;

        Cluster(long seed, Slowness machine, String... leaders) {
            this.random = new Random(seed);
            this.machine = machine;
            for (String leader : leaders) {
                lead("sh" + this.leaders.size(), leader);
            }
        }

        private void lead(String shard, String leader) {
            leaders.put(shard, leader);
            since.put(shard, now);
        }

        private double noisy(double millis, double by) {
            return millis * Math.exp(by * random.nextGaussian());
        }

        private DelayModel.Features seen(String server, boolean leads) {
            boolean late = machineIsSlow && machine != Slowness.FORCES && machine != Slowness.UNSEEN;
            boolean forces = machineIsSlow && (machine == Slowness.FORCES || machine == Slowness.BOTH);
            double more = machine == Slowness.LATER_LEADERS && leads ? 2 : 1;
            double lateness = noisy(late ? 35 * more : 0.5, 0.5) + (slow.contains(server) ? noisy(85, 0.25) : 0);
            return new DelayModel.Features(
                    machineIsSlow ? 0.3 : 0.1,
                    noisy(forces ? 50 : 1.5, 0.4),
                    leads ? noisy(1, 0.3) + lateness : noisy(0.3, 0.3),
                    lateness);
        }

        private Term term(String shard, String leader, Map<String, DelayModel.Features> seen) {
            Map<String, Uid> followers = new HashMap<>();
            Map<String, LeaderScore.Candidate> candidates = new HashMap<>();
            Map<String, DelayModel.Features> features = new HashMap<>();
            for (String server : SERVERS) {
                features.put(server, server.equals(leader) ? seen(server, true) : seen.get(server));
                if (!server.equals(leader)) {
                    followers.put(
                            server, Uid.newBuilder().setLow(server.hashCode()).build());
                    candidates.put(server, new LeaderScore.Candidate(1, 500, 0, 0, true));
                }
            }
            DelayModel.Features own = Objects.requireNonNull(features.get(leader));
            double unseen = machineIsSlow && machine == Slowness.UNSEEN ? noisy(120, 0.5) : 0;
            double delay =
                    noisy(2, 0.3) + own.forceMillis() + own.latenessMillis() * (1 + random.nextDouble()) + unseen;
            return new Term(
                    new Led(shard, leader, followers, false),
                    delay,
                    true,
                    candidates,
                    features,
                    Duration.between(since.get(shard), now).plusMillis(1));
        }

        /** Looks once a second for so long, and does what is decided. */
        void run(int seconds) {
            for (int i = 0; i < seconds; i++) {
                now = now.plusSeconds(1);
                second++;
                Map<String, DelayModel.Features> seen = new HashMap<>();
                SERVERS.forEach(server -> seen.put(server, seen(server, false)));
                List<Term> terms = new ArrayList<>();
                leaders.forEach((shard, leader) -> terms.add(term(shard, leader, seen)));
                LeaderMoves.Decision decision = LeaderMoves.decide(memory, terms, SERVERS, now);
                memory = decision.memory();
                LeaderMoves.Move move = decision.move();
                if (move != null) {
                    made.add(new Made(second, move.transfer(), move.reason().equals("for balance")));
                    lead(move.transfer().shard(), move.transfer().to());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Slowness.class)
    void movesNothingForTenMinutesWhereTheMachineAsAWholeIsSlow(Slowness slowness) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, slowness, "a", "b", "c");
            cluster.run(2 * MINUTE);
            cluster.machineIsSlow = true;
            cluster.run(10 * MINUTE);
            assertThat(cluster.made).as("seed %d", seed).isEmpty();
        }
    }

    /** An operator that begins there has seen nothing quick, and has only one leader to learn from. */
    @ParameterizedTest
    @EnumSource(Slowness.class)
    void movesNothingThereEitherWhenItHasJustBegun(Slowness slowness) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, slowness, "a");
            cluster.machineIsSlow = true;
            cluster.run(10 * MINUTE);
            assertThat(cluster.made).as("seed %d", seed).isEmpty();
        }
    }

    /** Balance makes even what is uneven, over another server at most, and nothing takes it back. */
    @ParameterizedTest
    @EnumSource(Slowness.class)
    void balancesOnceWhereTheMachineAsAWholeIsSlow(Slowness slowness) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, slowness, "a", "a", "a", "b", "b", "a");
            cluster.machineIsSlow = true;
            cluster.run(10 * MINUTE);
            assertThat(cluster.made)
                    .as("seed %d", seed)
                    .hasSizeLessThanOrEqualTo(3)
                    .allMatch(Made::balance);
            assertRules(cluster);
        }
    }

    @Test
    void leavesTheOneSlowServerWithinEightSecondsAndDoesNotComeBack() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, Slowness.LATE, "a", "b", "c", "a", "b", "c");
            cluster.run(2 * MINUTE);
            cluster.slow.add("a");
            cluster.run(8);
            assertThat(cluster.leaders.values()).as("seed %d", seed).doesNotContain("a");
            cluster.run(10 * MINUTE);
            assertThat(cluster.made).as("seed %d", seed).hasSize(2).noneMatch(Made::balance);

            // It recovers, and gets its share again: by balance, and not before the others could trust it.
            int recovered = cluster.second;
            cluster.slow.clear();
            cluster.run(5 * MINUTE);
            assertThat(cluster.leaders.values()).as("seed %d", seed).contains("a");
            assertThat(cluster.made.getLast().second())
                    .isGreaterThanOrEqualTo(recovered + (int) LeaderMoves.MINIMUM_TERM.toSeconds() - 1);
            assertRules(cluster);
        }
    }

    @Test
    void leavesItAlsoOnABusyMachine() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, Slowness.UNSEEN, "a", "b", "c");
            cluster.run(2 * MINUTE);
            cluster.slow.add("b");
            cluster.run(8);
            assertThat(cluster.leaders.values()).as("seed %d", seed).doesNotContain("b");
        }
    }

    @Test
    void leavesALeaderThatWasElectedOntoASlowServerWhenItsMinimumTermIsOver() {
        int least = (int) LeaderMoves.MINIMUM_TERM.toSeconds();
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, Slowness.LATE, "a", "b", "c");
            cluster.slow.add("a");
            cluster.run(least - 1);
            assertThat(cluster.made).as("seed %d", seed).isEmpty();
            cluster.run(3);
            assertThat(cluster.made).as("seed %d", seed).hasSize(1);
            assertThat(cluster.leaders.values()).doesNotContain("a");

            // The same when a person or an election puts one back.
            cluster.lead("sh0", "a");
            cluster.run(least - 1);
            assertThat(cluster.made).as("seed %d", seed).hasSize(1);
            cluster.run(3);
            assertThat(cluster.made).as("seed %d", seed).hasSize(2);
        }
    }

    /** Servers that become slow and recover again and again, in an uneven cluster: the rules hold whatever happens. */
    @Test
    void keepsItsRulesWhateverBecomesSlow() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, Slowness.LATE, "a", "a", "a", "b");
            for (int turn = 0; turn < 60; turn++) {
                cluster.machineIsSlow = cluster.random.nextInt(4) == 0;
                cluster.slow.clear();
                if (cluster.random.nextBoolean()) {
                    cluster.slow.add(SERVERS.get(cluster.random.nextInt(SERVERS.size())));
                }
                cluster.run(1 + cluster.random.nextInt(MINUTE));
            }
            assertThat(cluster.made).as("seed %d", seed).isNotEmpty();
            assertRules(cluster);
        }
    }

    private static void assertRules(Cluster cluster) {
        Map<String, Made> last = new HashMap<>();
        Map<String, Integer> left = new HashMap<>();
        for (Made made : cluster.made) {
            LeaderBalance.Transfer transfer = made.transfer();
            Made before = last.put(transfer.shard(), made);
            if (before != null) {
                int after = made.second() - before.second();
                assertThat(after).as("minimum term").isGreaterThanOrEqualTo((int) LeaderMoves.MINIMUM_TERM.toSeconds());
                boolean undone = transfer.to().equals(before.transfer().from()) && made.balance() != before.balance();
                assertThat(undone && after < LeaderMoves.NO_RETURN.toSeconds())
                        .as("%s undoes %s", made, before)
                        .isFalse();
            }
            if (made.balance()) {
                assertThat(made.second() - left.getOrDefault(transfer.to(), -1_000))
                        .as("balance gives nothing to a server that was left")
                        .isGreaterThanOrEqualTo((int) LeaderMoves.NO_RETURN.toSeconds());
            } else {
                left.put(transfer.from(), made.second());
            }
        }
    }

    @Test
    void triesAgainWhenAMoveDidNotHappen() {
        Cluster cluster = new Cluster(1, Slowness.LATE, "a", "b", "c");
        cluster.run(2 * MINUTE);
        cluster.slow.add("a");
        cluster.run(8);
        // The leader refused, and leads as before.
        cluster.leaders.put("sh0", "a");
        cluster.since.put("sh0", cluster.now.minusSeconds(500));
        cluster.run(8);
        assertThat(cluster.made).hasSize(2);
    }

    /** An operator that has just begun knows no server's own terms. */
    @Test
    void givesNothingForBalanceToASlowServerThatDoesNotLead() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Cluster cluster = new Cluster(seed, Slowness.LATE, "a", "a", "a", "b", "b", "b");
            cluster.slow.add("c");
            cluster.run(20 * MINUTE);
            assertThat(cluster.made).as("seed %d", seed).isEmpty();
        }
    }
}
