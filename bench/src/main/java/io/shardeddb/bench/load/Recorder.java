package io.shardeddb.bench.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One client's own notes, so that clients share nothing while they run. Not thread-safe: read when the client has
 * ended.
 */
final class Recorder {

    private final Histogram latencies = Measurement.histogram();
    private long rows;
    private long errors;
    private @Nullable String firstError;

    void done(long nanos, int writtenOrRead) {
        latencies.recordValue(Math.clamp(nanos / 1_000, 0, Measurement.LATENCY_MAX));
        rows += writtenOrRead;
    }

    void failed(LoadException failure) {
        errors++;
        if (firstError == null) {
            firstError = failure.getMessage();
        }
    }

    static Measurement sum(Iterable<Recorder> recorders, double seconds) {
        Histogram all = Measurement.histogram();
        long rows = 0;
        long errors = 0;
        String firstError = null;
        for (Recorder recorder : recorders) {
            all.add(recorder.latencies);
            rows += recorder.rows;
            errors += recorder.errors;
            firstError = firstError == null ? recorder.firstError : firstError;
        }
        return new Measurement(all.getTotalCount(), rows, seconds, all, errors, firstError);
    }
}
