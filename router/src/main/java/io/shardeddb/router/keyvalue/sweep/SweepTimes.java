package io.shardeddb.router.keyvalue.sweep;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When each space is looked through next. By this router's clock: it decides when to look, and never what has expired.
 * Pure; of one thread at a time.
 */
final class SweepTimes {

    /** Between two looks through one space, at least. */
    static final long SHORTEST_MILLIS = 10_000;

    /** Between two looks, at most: another router may have given keys an expiry, and be gone. */
    static final long LONGEST_MILLIS = 24 * 3_600_000L;

    /** The first look comes within this time, so that routers that begin together do not look together. */
    static final long FIRST_MILLIS = 600_000;

    private static final long JITTER_MILLIS = 5_000;

    private final Map<String, Long> due = new HashMap<>();
    private final Map<String, Long> ended = new HashMap<>();

    /**
     * These spaces exist, and no others.
     *
     * @param random from 0 to 1
     */
    void know(List<String> spaces, long now, double random) {
        due.keySet().retainAll(spaces);
        ended.keySet().retainAll(spaces);
        spaces.forEach(space -> due.putIfAbsent(space, now + (long) (random * FIRST_MILLIS)));
    }

    /**
     * A key of a space will expire.
     *
     * @param random from 0 to 1
     */
    void expects(String space, long expires, double random) {
        due.merge(space, expires + (long) (random * JITTER_MILLIS), Math::min);
    }

    /** A space whose time has come, and which is then looked through; {@code null}: there is none. */
    @Nullable
    String begin(long now) {
        for (Map.Entry<String, Long> each : due.entrySet()) {
            long rested = ended.getOrDefault(each.getKey(), Long.MIN_VALUE / 2) + SHORTEST_MILLIS;
            if (each.getValue() <= now && rested <= now) {
                // What comes while it is looked through may be behind the place that the look has reached.
                each.setValue(now + LONGEST_MILLIS);
                return each.getKey();
            }
        }
        return null;
    }

    /**
     * A space was looked through.
     *
     * @param earliest when the first of its keys expires; {@code null}: none does
     * @param random from 0 to 1
     */
    void ended(String space, @Nullable Long earliest, long now, double random) {
        ended.put(space, now);
        if (earliest != null) {
            expects(space, earliest, random);
        }
    }
}
