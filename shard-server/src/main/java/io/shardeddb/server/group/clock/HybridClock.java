package io.shardeddb.server.group.clock;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Timestamps of one group's commands: milliseconds since the epoch in the upper 48 bits, a counter in the lower 16.
 * Given in log order, each {@code max(time, last + 1)}: when the counter overflows, it carries into the milliseconds,
 * so order is kept and the clock runs ahead of the wall until that catches up. 47 bits of milliseconds reach past the
 * year 6000 and fit a signed number.
 *
 * <p>The time is the wall clock's. While that is behind what was given, as after a step back, the time goes on at half
 * the speed of the monotonic clock until the wall clock catches up. It must never stand still, because request ids are
 * told apart from forgotten ones by their time. While the timestamp service stamps, the time is the service's: what it
 * gave last, gone on with the monotonic clock. Before it has given anything here it is the wall clock's too, and the
 * first stamp corrects it. Confined to the loop.
 */
public final class HybridClock {
    private static final int COUNTER_BITS = 16;

    /**
     * How old the time may be that goes with every answer; so often at most those who watch for leaders are told of it.
     */
    static final long TOLD_MILLIS = 5_000;

    private final InstantSource wall;
    private final LongSupplier monotonic;
    private final PeerClocks others;
    private final BooleanSupplier service;
    private long last;
    private long told;

    private final Steady time = new Steady();
    /** As the timestamps alone tell it. */
    private final Steady given = new Steady();

    /** What the service gave last, and when; 0: nothing yet. */
    private long servedMillis;

    private long servedNanos;

    /** A time that goes on at half speed from what it was last known to be. */
    private static final class Steady {
        private long millis;
        private long nanos;

        long at(long now) {
            return millis + TimeUnit.NANOSECONDS.toMillis(now - nanos) / 2;
        }

        void reach(long known, long now) {
            if (known > at(now)) {
                millis = known;
                nanos = now;
            }
        }
    }

    /**
     * @param monotonic nanoseconds of the monotonic clock
     * @param service whether the timestamp service stamps
     */
    public HybridClock(InstantSource wall, LongSupplier monotonic, PeerClocks others, BooleanSupplier service) {
        this.service = service;
        this.wall = wall;
        this.monotonic = monotonic;
        this.others = others;
        time.nanos = monotonic.getAsLong();
        given.nanos = time.nanos;
    }

    /** Whether timestamps may be given: not while the wall clock is far ahead of the others'. */
    public boolean isTrusted() {
        return !others.isFarAhead(wall.millis(), monotonic.getAsLong());
    }

    /** Never gives anything up to this timestamp again: called with the maximum of the log and of what is applied. */
    public void startAbove(long timestamp) {
        reach(timestamp);
    }

    public long next() {
        return next(1);
    }

    /**
     * Gives several timestamps that follow one another without gap.
     *
     * @param count how many, from 1
     * @return the greatest
     */
    public long next(int count) {
        last = Math.max(millis() << COUNTER_BITS, last + 1) + count - 1;
        return last;
    }

    /**
     * The group's time, in milliseconds since the epoch: the next entry is stamped with it or a later one, if this
     * server still leads.
     */
    public long millis() {
        long now = monotonic.getAsLong();
        if (servedMillis > 0 && service.getAsBoolean()) {
            return Math.max(servedMillis + TimeUnit.NANOSECONDS.toMillis(now - servedNanos), lastMillis());
        }
        long shown = wall.millis();
        if (!others.isFarAhead(shown, now)) {
            time.reach(shown, now);
        }
        return Math.max(time.at(now), last >>> COUNTER_BITS);
    }

    /** The group's time, {@link #TOLD_MILLIS} old at most: it changes seldom. */
    public long told() {
        long present = millis();
        if (Math.abs(present - told) >= TOLD_MILLIS) {
            told = present;
        }
        return told;
    }

    /** What a timestamp of the service must exceed. */
    public long floor() {
        return Math.max(given.at(monotonic.getAsLong()) << COUNTER_BITS, last);
    }

    /**
     * Takes over timestamps of the service.
     *
     * @param first the least
     * @param greatest the greatest
     * @return false if one that is not less than the first was given already: then none is used
     */
    public boolean take(long first, long greatest) {
        boolean taken = first > last && reach(greatest);
        if (taken) {
            servedMillis = lastMillis();
            servedNanos = monotonic.getAsLong();
        }
        return taken;
    }

    private boolean reach(long timestamp) {
        if (timestamp <= last) {
            return false;
        }
        last = timestamp;
        long now = monotonic.getAsLong();
        given.reach(last >>> COUNTER_BITS, now);
        time.reach(last >>> COUNTER_BITS, now);
        return true;
    }

    /** For what stamps no row, while rows' timestamps come from the service: it must not run ahead of that. */
    public long following() {
        return ++last;
    }

    /** The monotonic clock, in nanoseconds. */
    public long nanos() {
        return monotonic.getAsLong();
    }

    public long last() {
        return last;
    }

    /** The time of the last timestamp, in milliseconds since the epoch. */
    public long lastMillis() {
        return last >>> COUNTER_BITS;
    }
}
