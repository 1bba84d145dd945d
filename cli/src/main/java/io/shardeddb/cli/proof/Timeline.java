package io.shardeddb.cli.proof;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Prints what happens with the seconds since the start. Thread-safe. */
public final class Timeline {

    private final PrintWriter out;
    private final long startNanos;

    public Timeline(PrintWriter out, long startNanos) {
        this.out = out;
        this.startNanos = startNanos;
    }

    /** A new part of the story. */
    public synchronized void heading(String text) {
        out.println();
        out.println(text);
        out.flush();
    }

    /** Something happened now. */
    public synchronized void say(String text) {
        at(System.nanoTime(), text);
    }

    /** Something happened at a moment that was measured. */
    public synchronized void at(long nanos, String text) {
        out.println(String.format(Locale.ROOT, "%7.1f s  %s", (nanos - startNanos) / 1e9, text));
        out.flush();
    }

    /** A duration as the timeline writes it. */
    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
    }

    /** The time from one moment to another. */
    public static String seconds(long fromNanos, long toNanos) {
        return seconds(Duration.ofNanos(toNanos - fromNanos));
    }
}
