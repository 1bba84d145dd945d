package io.shardeddb.cli.verify.check;

import java.util.Locale;

/**
 * When a request was sent and answered, in nanoseconds of one clock.
 *
 * @param end {@link Long#MAX_VALUE}: it was not answered
 */
public record Span(long begin, long end) {

    /** Whether this was answered before another one was sent. */
    boolean precedes(Span other) {
        return end < other.begin;
    }

    /** In seconds since a beginning. */
    String text(long since) {
        return seconds(begin - since) + " to " + (end == Long.MAX_VALUE ? "?" : seconds(end - since));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.6f s", nanos / 1e9);
    }
}
