package io.shardeddb.bench.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What adapting brings: the same figure without and with it.
 *
 * @param unit of both figures
 * @param baseline without, the median of all rounds
 * @param adaptive with, the median of all rounds
 * @param gain how many times as good it is with it: larger is better whatever the unit
 * @param spread how many times the best round of one side exceeds its worst one; of the side that varies more
 * @param met whether the gain is larger than the spread
 * @param note what a reader must know
 */
public record Gain(
        String measurement,
        String unit,
        double baseline,
        double adaptive,
        double gain,
        double spread,
        boolean met,
        @Nullable String note) {

    /**
     * Of rounds on both sides.
     *
     * @param lessIsBetter as for latencies
     */
    public static Gain of(
            String measurement,
            String unit,
            List<Double> baseline,
            List<Double> adaptive,
            boolean lessIsBetter,
            @Nullable String note) {
        Spread without = Spread.of(baseline);
        Spread with = Spread.of(adaptive);
        double gain = lessIsBetter ? ratio(without.median(), with.median()) : ratio(with.median(), without.median());
        double spread = Math.max(ratio(without.max(), without.min()), ratio(with.max(), with.min()));
        return new Gain(measurement, unit, without.median(), with.median(), gain, spread, gain > spread, note);
    }

    private static double ratio(double one, double other) {
        return other == 0 ? (one == 0 ? 1 : Double.MAX_VALUE) : one / other;
    }
}
