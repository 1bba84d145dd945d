package io.shardeddb.simulator.run;

import java.util.Locale;

/**
 * How far the command is, on standard error: one line drawn again and again on a terminal, a line every five seconds
 * otherwise.
 */
final class Progress {
    private static final long REDRAW = 200_000_000L;
    private static final long NEXT_LINE = 5_000_000_000L;

    private final Terminal terminal;
    private final String what;
    private final long seeds;
    private final boolean atMost;
    private final long begin;
    private final long end;
    private long shown;
    private long done;
    private int violations;
    private boolean drawn;

    /**
     * Begins now.
     *
     * @param what what is counted, in the plural
     * @param seeds how many there are; {@link Long#MAX_VALUE} if only the time ends it
     * @param atMost whether there may be fewer
     * @param end when it ends at the latest, by the terminal's clock; {@link Long#MAX_VALUE} if only the count ends it
     */
    Progress(Terminal terminal, String what, long seeds, boolean atMost, long end) {
        this.terminal = terminal;
        this.what = what;
        this.seeds = seeds;
        this.atMost = atMost;
        this.end = end;
        begin = terminal.nanoTime().getAsLong();
        shown = begin;
    }

    /** One more is done. */
    synchronized void done() {
        done++;
        long now = terminal.nanoTime().getAsLong();
        if (now - shown >= (terminal.inPlace() ? REDRAW : NEXT_LINE)) {
            shown = now;
            String line = line(now);
            if (terminal.inPlace()) {
                terminal.err().print("\r\u001b[K" + line);
                drawn = true;
            } else {
                terminal.err().println(line);
            }
            terminal.err().flush();
        }
    }

    /** Tells of a violation at once: anyone who interrupts the command should have seen it. */
    synchronized void violation(String text) {
        violations++;
        clear();
        terminal.err().println(text);
        terminal.err().flush();
    }

    /** Leaves no line behind on a terminal. */
    synchronized void end() {
        clear();
        terminal.err().flush();
    }

    private void clear() {
        if (drawn) {
            terminal.err().print("\r\u001b[K");
            drawn = false;
        }
    }

    private String line(long now) {
        double seconds = Math.max(1, now - begin) / 1e9;
        double rate = done / seconds;
        double left = Math.min(
                end == Long.MAX_VALUE ? Double.MAX_VALUE : (end - now) / 1e9,
                seeds == Long.MAX_VALUE ? Double.MAX_VALUE : (seeds - done) / rate);
        String of = seeds == Long.MAX_VALUE || atMost ? "" : String.format(Locale.ROOT, " of %,d", seeds);
        return String.format(
                        Locale.ROOT,
                        "%,d%s %s, %s a second, %s%s left",
                        done,
                        of,
                        what,
                        rate(rate),
                        atMost ? "at most " : "",
                        time(left))
                + (violations == 0 ? "" : ", violations: " + violations);
    }

    private static String rate(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%,.0f", rate);
    }

    /** Hours, minutes and seconds, as far as there are any. */
    static String time(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
