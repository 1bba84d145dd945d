package io.shardeddb.cli.load;

import java.io.PrintWriter;
import java.util.Locale;

/** A progress bar: drawn in place on a terminal, a line for every tenth otherwise. Not thread-safe. */
public final class ProgressBar {

    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000L;

    /** Between two lines where nothing can be drawn in place. */
    private static final long LINE_NANOS = 5_000_000_000L;

    private final PrintWriter out;
    private final boolean terminal;
    private final long startNanos;
    private long drawnNanos;
    private int tenths;

    /** @param terminal whether the line can be redrawn in place */
    public ProgressBar(PrintWriter out, boolean terminal, long nowNanos) {
        this.out = out;
        this.terminal = terminal;
        this.startNanos = nowNanos;
        this.drawnNanos = nowNanos - REDRAW_NANOS;
    }

    /**
     * Shows how far it is.
     *
     * @param fraction 0 to 1
     * @param rows rows done
     */
    public void show(double fraction, long rows, long nowNanos) {
        if (terminal) {
            if (nowNanos - drawnNanos >= REDRAW_NANOS || fraction >= 1) {
                drawnNanos = nowNanos;
                out.print("\r\u001b[K" + line(fraction, rows, nowNanos - startNanos));
                out.flush();
            }
        } else if ((int) (fraction * 10) > tenths) {
            tenths = (int) (fraction * 10);
            out.println(line(fraction, rows, nowNanos - startNanos));
            out.flush();
        }
    }

    /**
     * Shows how much is done where nobody knows how much there is.
     *
     * @param records records done
     * @param bytes bytes done
     */
    public void show(long records, long bytes, long nowNanos) {
        long pause = terminal ? REDRAW_NANOS : LINE_NANOS;
        if (nowNanos - drawnNanos < pause) {
            return;
        }
        drawnNanos = nowNanos;
        String line = line(records, bytes, nowNanos - startNanos);
        if (terminal) {
            out.print("\r\u001b[K" + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    static String line(long records, long bytes, long elapsedNanos) {
        double seconds = Math.max(elapsedNanos / 1e9, 1e-3);
        return String.format(
                Locale.ROOT,
                "%,d records  %,.1f MB  %,.0f records/s  %,.1f MB/s",
                records,
                bytes / 1e6,
                records / seconds,
                bytes / 1e6 / seconds);
    }

    /** Ends the line. */
    public void end() {
        if (terminal) {
            out.println();
            out.flush();
        }
    }

    static String line(double fraction, long rows, long elapsedNanos) {
        int filled = (int) Math.round(Math.clamp(fraction, 0, 1) * WIDTH);
        double seconds = elapsedNanos / 1e9;
        return String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %,d rows  %,.0f rows/s",
                "#".repeat(filled),
                "-".repeat(WIDTH - filled),
                (int) (fraction * 100),
                rows,
                seconds > 0 ? rows / seconds : 0);
    }
}
