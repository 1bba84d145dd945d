package io.shardeddb.router.keyvalue.expiry;

import io.shardeddb.router.forward.LogTimes;
import io.shardeddb.router.topology.GroupId;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time of each shard, as its leader told it with an answer: to the millisecond, but for the answer's way here. What
 * was told goes on with the monotonic clock for a while. Any thread.
 */
@Singleton
public final class ShardTimes {

    /** So far a told time goes on by itself. */
    static final long LONGEST_MILLIS = 30_000;

    private final LogTimes logTimes;
    private final LongSupplier monotonic;
    private final Map<GroupId, Told> told = new ConcurrentHashMap<>();

    private record Told(long millis, long nanos) {}

    @Inject
    ShardTimes(LogTimes logTimes) {
        this(logTimes, System::nanoTime);
    }

    /** @param monotonic nanoseconds, as {@link System#nanoTime} */
    ShardTimes(LogTimes logTimes, LongSupplier monotonic) {
        this.logTimes = logTimes;
        this.monotonic = monotonic;
    }

    /** Takes what a leader told just now; 0: it told nothing. */
    public void learn(GroupId group, long millis) {
        if (millis > 0) {
            told.put(group, new Told(millis, monotonic.getAsLong()));
        }
    }

    /** The shard's time now, in milliseconds since the epoch; {@code null} when nothing was told for a while. */
    public @Nullable Long present(GroupId group) {
        Told known = told.get(group);
        if (known == null) {
            return null;
        }
        long since = TimeUnit.NANOSECONDS.toMillis(monotonic.getAsLong() - known.nanos());
        return since > LONGEST_MILLIS ? null : known.millis() + since;
    }

    /**
     * The last time that was heard of the shard. It may be some seconds old, and older while the shard has no leader.
     */
    public long heard(GroupId group) {
        Long present = present(group);
        return present == null ? logTimes.millis(group) : Math.max(present, logTimes.millis(group));
    }
}
