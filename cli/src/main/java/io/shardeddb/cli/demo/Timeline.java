package io.shardeddb.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Prints what happens with the seconds since the start. Thread-safe. */
final class Timeline {

    private final PrintWriter out;
    private final long startNanos;

    Timeline(PrintWriter out, long startNanos) {
        this.out = out;
        this.startNanos = startNanos;
    }

    /** A new part of the story. */
    synchronized void heading(String text) {
        out.println();
        out.println(text);
        out.flush();
    }

    /** Something happened now. */
    synchronized void say(String text) {
        at(System.nanoTime(), text);
    }

    /** Something happened at a moment that was measured. */
    synchronized void at(long nanos, String text) {
        out.println(String.format(Locale.ROOT, "%7.1f s  %s", (nanos - startNanos) / 1e9, text));
        out.flush();
    }

    /** A duration as the timeline writes it. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
    }

    /** The time from one moment to another. */
    static String seconds(long fromNanos, long toNanos) {
        return seconds(Duration.ofNanos(toNanos - fromNanos));
    }
}
