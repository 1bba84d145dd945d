package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Members whose driver held elections back after a start, until their rows were compared with their logs. */
class HeldBackTest {
    private static final long TERM = 7;
    private static final long HELD = 10_000 * MILLI;
    private static final int ROUNDS = 100;

    private static Trio started(int size, long seed) {
        Trio trio = new Trio(size, Settings.DEFAULT);
        trio.seed = seed;
        List<Member> members = IntStream.range(0, size).mapToObj(Trio::member).toList();
        Recovered empty = Recovered.bootstrap(VoterSet.majority(members));
        Recovered recovered = new Recovered(
                new HardState(TERM, null), empty.marker(), empty.configurationEntries(), empty.appliedIndex());
        for (int i = 0; i < size; i++) {
            trio.add(i, recovered);
        }
        return trio;
    }

    private static @Nullable Replica leader(Trio trio) {
        return trio.replicas.values().stream()
                .filter(replica -> replica.role() == Role.LEADER)
                .findFirst()
                .orElse(null);
    }

    /** Each split costs a time-out and a term. */
    @Test
    void thoseThatBeginTogetherDoNotStandTogether() {
        int atOnce = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            Trio trio = started(5, seed);
            trio.now += HELD;
            trio.replicas.values().forEach(replica -> replica.resume(trio.now));
            trio.pass(Settings.DEFAULT.electionTimeout());
            Replica leader = leader(trio);
            if (leader != null && leader.term() == TERM + 1) {
                atOnce++;
            }
        }
        assertThat(atOnce).isGreaterThan(ROUNDS * 3 / 4);
    }

    @Test
    void whoIsAloneStandsAtOnce() {
        Trio trio = started(1, 0);
        trio.now += HELD;
        trio.get(0).resume(trio.now);
        trio.get(0).tick(trio.now);
        trio.settle();
        assertThat(trio.get(0).role()).isEqualTo(Role.LEADER);
    }

    @Test
    void whoseTimeHasNotComeKeepsIt() {
        Trio trio = started(3, 0);
        long deadline = trio.get(0).deadline();
        trio.get(0).resume(trio.now);
        assertThat(trio.get(0).deadline()).isEqualTo(deadline);
    }

    /** One that is held back is no voter for a while, and nothing else: enough others elect as quickly as ever. */
    @Test
    void theOthersDoNotWaitForIt() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Trio trio = started(3, seed);
            Replica held = trio.get(2);
            trio.replicas.remove(held.self());
            trio.pass(4 * Settings.DEFAULT.electionTimeout());
            Replica leader = Objects.requireNonNull(leader(trio), "nobody leads with seed " + seed);
            trio.replicas.put(held.self(), held);
            held.resume(trio.now);
            trio.pass(4 * Settings.DEFAULT.electionTimeout());
            assertThat(leader(trio)).isSameAs(leader);
            assertThat(held.leader()).isEqualTo(leader.self());
        }
    }
}
