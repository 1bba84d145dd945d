package io.shardeddb.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CabinetTest {
    private static final long PATIENCE = 100;

    private static VoterSet voters(int size, int tolerance) {
        return new VoterSet(IntStream.range(0, size).mapToObj(Trio::member).toList(), tolerance);
    }

    private static Cabinet cabinet(int size, int tolerance, int leader) {
        VoterSet voters = voters(size, tolerance);
        return new Cabinet(voters, WeightScheme.of(size, tolerance), leader, 1);
    }

    private static List<Integer> ranks(Cabinet cabinet) {
        return cabinet.status().voters().stream()
                .map(each -> (int) each.id().low())
                .toList();
    }

    @Test
    void beginsWithTheLeaderAndTheOrderOfIds() {
        assertThat(ranks(cabinet(5, 1, 2))).containsExactly(2, 0, 1, 3, 4);
    }

    @Test
    void ranksByArrivalWhenAllHaveArrived() {
        Cabinet cabinet = cabinet(5, 1, 0);
        long[] matches = {9, 0, 0, 0, 0};
        for (int next : List.of(4, 2, 3)) {
            matches[next] = 9;
            cabinet.observe(matches, 9, 5, PATIENCE);
        }
        assertThat(cabinet.clock()).as("waits for the late one").isEqualTo(1);
        matches[1] = 9;
        cabinet.observe(matches, 9, 50, PATIENCE);
        assertThat(cabinet.clock()).isEqualTo(2);
        assertThat(ranks(cabinet)).containsExactly(0, 4, 2, 3, 1);
        assertThat(cabinet.status().voters()).allMatch(QuorumStatus.VoterWeight::acknowledged);
    }

    @Test
    void putsTheMissingLastWhenPatienceEnds() {
        Cabinet cabinet = cabinet(5, 1, 0);
        cabinet.observe(new long[] {9, 0, 0, 9, 0}, 9, 5, PATIENCE);
        cabinet.observe(new long[] {9, 0, 0, 9, 0}, 12, 104, PATIENCE);
        assertThat(cabinet.clock()).isEqualTo(1);
        cabinet.observe(new long[] {9, 0, 0, 9, 0}, 12, 105, PATIENCE);
        assertThat(ranks(cabinet)).containsExactly(0, 3, 1, 2, 4);
        assertThat(cabinet.status().voters().stream()
                        .map(QuorumStatus.VoterWeight::acknowledged)
                        .toList())
                .containsExactly(true, true, false, false, false);
    }

    @Test
    void keepsItsOrderWhileNobodyAnswers() {
        Cabinet cabinet = cabinet(3, 1, 0);
        cabinet.observe(new long[] {9, 0, 0}, 9, 0, PATIENCE);
        cabinet.observe(new long[] {9, 0, 0}, 9, 100 * PATIENCE, PATIENCE);
        assertThat(cabinet.clock()).isEqualTo(1);
    }

    /** Five voters of which one may fail: the leader and the lightest do not commit until it has become heavier. */
    @Test
    void letsTheOnlyOneThatAnswersRise() {
        Cabinet cabinet = cabinet(5, 1, 0);
        long[] matches = {9, 0, 0, 0, 9};
        assertThat(cabinet.committed(matches)).isZero();
        cabinet.observe(matches, 9, 0, PATIENCE);
        cabinet.observe(matches, 9, PATIENCE, PATIENCE);
        assertThat(cabinet.committed(matches)).isEqualTo(9);
    }

    @Test
    void ranksWithoutALeaderThatIsNoVoter() {
        Cabinet cabinet = cabinet(3, 1, -1);
        long[] matches = {0, 0, 9};
        cabinet.observe(matches, 9, 0, PATIENCE);
        matches[1] = 9;
        cabinet.observe(matches, 9, 0, PATIENCE);
        matches[0] = 9;
        cabinet.observe(matches, 9, 0, PATIENCE);
        assertThat(ranks(cabinet)).containsExactly(2, 1, 0);
    }

    @Test
    void neverCommitsWhatFewerThanTPlusOneHaveAndAlwaysWhatAllButTHave() {
        Random random = new Random(11);
        for (int run = 0; run < 300; run++) {
            int size = 3 + random.nextInt(9);
            int tolerance = 1 + random.nextInt((size - 1) / 2);
            int leader = random.nextInt(size + 1) - 1;
            Cabinet cabinet = cabinet(size, tolerance, leader);
            long[] matches = new long[size];
            long last = 0;
            for (int step = 0; step < 200; step++) {
                last += random.nextInt(3);
                int mover = random.nextInt(size);
                matches[mover] = Math.min(last, matches[mover] + random.nextInt(6));
                cabinet.observe(matches, last, step, 10);
                long[] ascending = matches.clone();
                Arrays.sort(ascending);
                assertThat(cabinet.committed(matches)).isBetween(ascending[tolerance], ascending[size - tolerance - 1]);
                assertThat(ranks(cabinet)).containsExactlyInAnyOrderElementsOf(all(size));
            }
        }
    }

    private static List<Integer> all(int size) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(i);
        }
        return all;
    }

    /**
     * Why the clock matters: with the steep weights of the paper's prototype, three of seven commit where four are
     * needed.
     */
    @Test
    void mixedClocksWouldCommitTooEarlyUnderSteepWeights() {
        WeightScheme steep = WeightScheme.steepest(7, 3);
        long second = steep.weight(1);
        long[] mixed = {steep.weight(0), second, second, 0, 0, 0, 0};
        assertThat(Cabinet.committed(steep, mixed, new long[] {9, 9, 9, 0, 0, 0, 0}))
                .isEqualTo(9);
        WeightScheme middle = WeightScheme.of(7, 3);
        long[] same = {middle.weight(0), middle.weight(1), middle.weight(1), 0, 0, 0, 0};
        assertThat(Cabinet.committed(middle, same, new long[] {9, 9, 9, 0, 0, 0, 0}))
                .isLessThan(9);
    }
}
