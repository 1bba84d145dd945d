package io.shardeddb.bench.compare;

import io.shardeddb.bench.load.Measurement;

/** What counts in a comparison. */
public enum Metric {
    /** Operations in a second. */
    OPERATIONS_PER_SECOND("operations/s", true),
    /** Rows in a second. */
    ROWS_PER_SECOND("rows/s", true),
    /** Median latency in milliseconds. */
    MEDIAN_MILLIS("ms (p50)", false),
    /** Duration in seconds. */
    SECONDS("s", false);

    private final String unit;
    private final boolean largerIsBetter;

    Metric(String unit, boolean largerIsBetter) {
        this.unit = unit;
        this.largerIsBetter = largerIsBetter;
    }

    /** Its unit, for people. */
    public String unit() {
        return unit;
    }

    /** The value of a measurement. */
    public double of(Measurement measurement) {
        return switch (this) {
            case OPERATIONS_PER_SECOND -> measurement.operationsPerSecond();
            case ROWS_PER_SECOND -> measurement.rowsPerSecond();
            case MEDIAN_MILLIS -> measurement.millisAt(50);
            case SECONDS -> measurement.seconds();
        };
    }

    /** How many times as good the first is as the second: larger is better for every metric. */
    public double ratio(double ours, double peer) {
        return largerIsBetter ? ours / peer : peer / ours;
    }
}
