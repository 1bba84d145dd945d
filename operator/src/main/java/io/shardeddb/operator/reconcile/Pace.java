package io.shardeddb.operator.reconcile;

import java.time.Duration;
import java.time.InstantSource;

/**
 * When an object at rest is reconciled again. With many of them the reconciles become rarer, so that rest costs about
 * the same processor time however many there are; what changes is reconciled at once, because events tell of it. The
 * shards of a database are reconciled in the same moment, so that one answer of a server serves them all.
 */
final class Pace {

    /** So many reconciles a second of objects at rest, about. Each costs about a millisecond of a processor. */
    static final int LOOKS_PER_SECOND = 200;

    private final DatabaseViews views;
    private final InstantSource clock;

    Pace(DatabaseViews views, InstantSource clock) {
        this.views = views;
        this.clock = clock;
    }

    /**
     * Until the next reconcile of an object at rest.
     *
     * @param least time between two reconciles where there are few objects
     */
    Duration rest(Duration least, String namespace, String database) {
        return until(clock.millis(), least, views.objects(), (namespace + "/" + database).hashCode());
    }

    /** A time between two things that are done for each object, longer where there are many. */
    Duration stretched(Duration least) {
        return least.multipliedBy(times(views.objects()));
    }

    private static long times(long objects) {
        return Math.max(1, (objects + LOOKS_PER_SECOND - 1) / LOOKS_PER_SECOND);
    }

    /**
     * When to reconcile again, as a function.
     *
     * @param now milliseconds since any beginning
     * @param objects databases and shards
     * @param database whose reconciles are to fall together, and apart from others'
     * @return between a quarter of the time between two reconciles and five quarters
     */
    static Duration until(long now, Duration least, long objects, int database) {
        long period = least.toMillis() * times(objects);
        // Spread by a multiplication with the golden ratio, because names that differ in their last letter have
        // neighbouring hashes.
        long phase = Math.floorMod((database * 0x9E3779B97F4A7C15L) >>> 16, period);
        long left = period - Math.floorMod(now - phase, period);
        return Duration.ofMillis(left < period / 4 ? left + period : left);
    }
}
