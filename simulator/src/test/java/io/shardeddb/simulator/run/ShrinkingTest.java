package io.shardeddb.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkingTest {
    private static final List<String> KINDS =
            IntStream.range(0, 21).mapToObj(i -> "kind-" + i).toList();

    @Test
    void leavesExactlyWhatIsNeeded() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            List<String> needed =
                    KINDS.stream().filter(_ -> random.nextInt(6) == 0).toList();
            assertThat(Shrinking.shrink(KINDS, some -> some.containsAll(needed)))
                    .isEqualTo(needed);
        }
    }

    @Test
    void goesOnWhenWhatWasNeededIsNotAnyMore() {
        // The first is needed as long as the last is there.
        assertThat(Shrinking.shrink(
                        KINDS,
                        some -> some.contains("kind-5") && (some.contains("kind-0") || !some.contains("kind-20"))))
                .containsExactly("kind-5");
    }

    @Test
    void keepsEverythingWhenNothingShowsItAgain() {
        assertThat(Shrinking.shrink(KINDS, _ -> false)).isEqualTo(KINDS);
    }

    @Test
    void holdsOnToTheSameRule() {
        // Without crashes another rule is broken: that is another violation.
        List<Setup> runs = new ArrayList<>();
        ToySimulator two = new ToySimulator("two", List.of(), setup -> {
            runs.add(setup);
            return Verdict.Violation.told(setup.faults().allows("crash") ? "one rule: 1" : "another rule: 2");
        });
        assertThat(Shrinking.shrink(two, Setup.of(4), "one rule", ToySimulator.KINDS))
                .containsExactly("crash");
        assertThat(runs).allMatch(setup -> setup.seed() == 4);
    }
}
