package io.shardeddb.bench.compare;

import java.util.List;

/** The middle and the ends of repeated measurements. */
public record Spread(double median, double min, double max) {

    /**
     * Of these.
     *
     * @param values at least one
     */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.getFirst(), sorted.getLast());
    }
}
