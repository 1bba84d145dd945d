package io.shardeddb.router.forward;

import io.shardeddb.router.topology.GroupId;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time of each group's log, by what the servers tell of it: ids of requests are judged by that time, so it is the
 * one to issue them by. What was told goes on with the monotonic clock; the router's own wall clock counts only while
 * nothing was told. Any thread.
 */
@Singleton
public final class LogTimes {

    /**
     * So far a told time goes on by itself. It is well below the 30 s that an id may be ahead of the log, whose time
     * runs at half speed after clocks were set back.
     */
    static final long LONGEST_MILLIS = 20_000;

    private final InstantSource wall;
    private final LongSupplier monotonic;
    private final Map<GroupId, Told> told = new ConcurrentHashMap<>();

    /** @param millis what the leader of the term told, when the monotonic clock showed the nanoseconds */
    private record Told(long term, long millis, long nanos) {

        boolean isOlderThan(long otherTerm, long otherMillis) {
            return otherTerm > term || (otherTerm == term && otherMillis > millis);
        }
    }

    @Inject
    LogTimes(InstantSource wall) {
        this(wall, System::nanoTime);
    }

    /** @param monotonic nanoseconds, as {@link System#nanoTime} */
    LogTimes(InstantSource wall, LongSupplier monotonic) {
        this.wall = wall;
        this.monotonic = monotonic;
    }

    /** This router's own clock, milliseconds since the epoch. */
    long wallMillis() {
        return wall.millis();
    }

    /**
     * Takes what a leader told. In one term the time only grows; a later leader is believed in any case.
     *
     * @param term the leader's
     * @param millis milliseconds since the epoch; 0: it told nothing
     */
    void learn(GroupId group, long term, long millis) {
        Told known = told.get(group);
        if (millis > 0 && (known == null || known.isOlderThan(term, millis))) {
            Told news = new Told(term, millis, monotonic.getAsLong());
            told.merge(group, news, (present, next) -> present.isOlderThan(term, millis) ? next : present);
        }
    }

    /** Takes the time that a leader answered to an id that did not fit it: whatever was told before, this counts. */
    void correct(GroupId group, long millis) {
        told.compute(
                group, (ignored, known) -> new Told(known == null ? 0 : known.term(), millis, monotonic.getAsLong()));
    }

    /** Whether anything was told of a group. */
    boolean isKnown(GroupId group) {
        return told.containsKey(group);
    }

    /**
     * The time of a group, to issue an id by and to judge what an eventual read found, in milliseconds since the epoch.
     */
    public long millis(GroupId group) {
        @Nullable Told known = told.get(group);
        if (known == null) {
            return wall.millis();
        }
        long since = TimeUnit.NANOSECONDS.toMillis(monotonic.getAsLong() - known.nanos());
        return known.millis() + Math.clamp(since, 0, LONGEST_MILLIS);
    }
}
