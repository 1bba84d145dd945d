package io.shardeddb.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.simulator.WrongVariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TrialTest {

    private static Trial trial(WrongVariant variant, boolean pinned, long first, long count) {
        return new Trial(ToySimulator.sound(), variant, pinned, first, Long.MAX_VALUE, count);
    }

    @Test
    void runsThePinnedSeedFirstAndNoSeedTwice() {
        for (long pinned = 0; pinned < 30; pinned++) {
            Trial trial = trial(new WrongVariant("SOME", pinned), true, 10, 12);
            Set<Long> seeds = new TreeSet<>();
            assertThat(trial.seed(0)).isEqualTo(pinned);
            for (long number = 0; trial.wants(number); number++) {
                assertThat(seeds.add(trial.seed(number))).isTrue();
            }
            assertThat(seeds).hasSize(12);
        }
    }

    @Test
    void runsARangeWhereOneIsAskedFor() {
        Trial trial = trial(ToySimulator.NOTICED, false, 10, 3);
        assertThat(List.of(trial.seed(0), trial.seed(1), trial.seed(2))).containsExactly(10L, 11L, 12L);
        assertThat(trial.wants(3)).isFalse();
    }

    @Test
    void allHaveTheirTurn() {
        Trial one = trial(ToySimulator.NOTICED, true, 0, 3);
        Trial two = trial(ToySimulator.SURVIVOR, true, 0, 1);
        Rounds rounds = new Rounds(List.of(one, two));
        List<Rounds.Turn> turns = new ArrayList<>();
        for (Rounds.Turn turn = rounds.next(false); turn != null; turn = rounds.next(false)) {
            turns.add(turn);
        }
        assertThat(turns)
                .containsExactly(
                        new Rounds.Turn(one, 0),
                        new Rounds.Turn(two, 0),
                        new Rounds.Turn(one, 1),
                        new Rounds.Turn(one, 2));
    }

    @Test
    void theirFirstTurnComesWhateverTheTime() {
        Trial one = trial(ToySimulator.NOTICED, true, 0, 3);
        Trial two = trial(ToySimulator.SURVIVOR, true, 0, 3);
        Rounds rounds = new Rounds(List.of(one, two));
        assertThat(rounds.next(true)).isEqualTo(new Rounds.Turn(one, 0));
        assertThat(rounds.next(true)).isEqualTo(new Rounds.Turn(two, 0));
        assertThat(rounds.next(true)).isNull();
    }
}
