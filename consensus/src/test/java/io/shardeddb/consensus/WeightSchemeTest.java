package io.shardeddb.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightSchemeTest {

    @Test
    void existsForEverySizeAndToleranceAndKeepsBothInvariants() {
        for (int size = 3; size <= WeightScheme.MAX_SIZE; size++) {
            for (int tolerance = 1; tolerance <= (size - 1) / 2; tolerance++) {
                keepsBothInvariants(WeightScheme.of(size, tolerance));
            }
        }
    }

    @Test
    void keepsThemAtBothEndsOfTheWindow() {
        for (BiFunction<Integer, Integer, WeightScheme> edge :
                java.util.List.<BiFunction<Integer, Integer, WeightScheme>>of(
                        WeightScheme::steepest, WeightScheme::flattest)) {
            for (int size = 3; size <= 21; size++) {
                for (int tolerance = 1; tolerance <= (size - 1) / 2; tolerance++) {
                    keepsBothInvariants(edge.apply(size, tolerance));
                }
            }
        }
    }

    private static void keepsBothInvariants(WeightScheme scheme) {
        int size = scheme.size();
        int tolerance = scheme.tolerance();
        long heaviest = 0;
        long sum = 0;
        for (int rank = 0; rank < size; rank++) {
            long weight = scheme.weight(rank);
            assertThat(weight).isPositive();
            assertThat(rank == 0 || weight <= scheme.weight(rank - 1)).isTrue();
            heaviest += rank < tolerance ? weight : 0;
            sum += weight;
        }
        assertThat(sum).isEqualTo(scheme.total()).isLessThan(Long.MAX_VALUE / 2);
        String which = size + " voters of which " + tolerance + " may fail";
        assertThat(heaviest < sum - heaviest).as("fewer never commit: " + which).isTrue();
        assertThat(scheme.exceedsHalf(heaviest + scheme.weight(tolerance)))
                .as("the cabinet alone commits: " + which)
                .isTrue();
        assertThat(scheme.exceedsHalf(sum - heaviest))
                .as("the others go on without the t heaviest: " + which)
                .isTrue();
    }

    /** The windows that the paper's condition gives, worked out by hand. */
    @ParameterizedTest
    @CsvSource({
        "3, 1, 1.000, 1.618",
        "5, 1, 1.179, 1.927",
        "5, 2, 1.000, 1.178",
        "7, 1, 1.325, 1.983",
        "7, 2, 1.087, 1.324",
        "9, 3, 1.051, 1.173",
        "11, 4, 1.034, 1.110",
        "50, 10, 1.060, 1.067",
        "100, 49, 1.0000, 1.0008"
    })
    void takesTheMiddleOfTheWindow(int size, int tolerance, double lowest, double highest) {
        assertThat(ratio(WeightScheme.flattest(size, tolerance))).isCloseTo(lowest, within(0.0011));
        assertThat(ratio(WeightScheme.steepest(size, tolerance))).isCloseTo(highest, within(0.0011));
        assertThat(ratio(WeightScheme.of(size, tolerance))).isCloseTo((lowest + highest) / 2, within(0.0011));
    }

    private static double ratio(WeightScheme scheme) {
        return (double) scheme.weight(0) / scheme.weight(1);
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "3, 0", "3, 2", "4, 2", "102, 1", "5, -1"})
    void refusesWhatHasNoWeights(int size, int tolerance) {
        assertThatThrownBy(() -> WeightScheme.of(size, tolerance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weights for " + size + " voters");
    }
}
