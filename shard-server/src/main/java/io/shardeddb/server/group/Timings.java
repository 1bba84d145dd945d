package io.shardeddb.server.group;

import io.shardeddb.consensus.Durations;
import io.shardeddb.protocol.wire.Timing;
import java.util.concurrent.TimeUnit;

/** Durations as they are reported. */
public final class Timings {
    private Timings() {}

    /** The wire's form. */
    public static Timing of(Durations.Summary summary) {
        return Timing.newBuilder()
                .setCount(summary.count())
                .setAverageMicros(TimeUnit.NANOSECONDS.toMicros(summary.averageNanos()))
                .setP50Micros(TimeUnit.NANOSECONDS.toMicros(summary.medianNanos()))
                .setP99Micros(TimeUnit.NANOSECONDS.toMicros(summary.highNanos()))
                .build();
    }
}
