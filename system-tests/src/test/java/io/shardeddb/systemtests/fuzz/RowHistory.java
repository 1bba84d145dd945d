package io.shardeddb.systemtests.fuzz;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one row may be at each time. It has one writer, which begins a write only when the outcome of the one before is
 * known, so at any time it is in one state, or in one of two while a write is under way or its outcome is not known.
 * Times are of {@link System#nanoTime}. Thread-safe.
 */
final class RowHistory {

    /** States that ended earlier than this before now are forgotten: no read under way is that old. */
    private static final long KEPT_NANOS = 120_000_000_000L;

    private static final int LINES = 12;

    /**
     * A state and when a read might see it.
     *
     * @param columns the write that gave each column its value; null: the row is not there
     * @param from when the write that makes it was begun
     * @param until when a write that ends it was acknowledged; null: it may still be
     */
    private record State(
            @Nullable Map<Integer, Long> columns,
            long from,
            @Nullable Long until) {

        boolean mayBeSeen(long begin, long end) {
            return from <= end && (until == null || until >= begin);
        }
    }

    private final List<State> past = new ArrayList<>();
    private final Deque<String> lines = new ArrayDeque<>();
    private State now = new State(null, Long.MIN_VALUE, null);
    private @Nullable State next;

    /** What the row is when no write is under way; null: it is not there. */
    synchronized @Nullable Map<Integer, Long> columns() {
        return now.columns();
    }

    /** Whether a write is under way, or its outcome is not known. */
    synchronized boolean isOpen() {
        return next != null;
    }

    /** A write begins that will make this of the row. */
    synchronized void begin(@Nullable Map<Integer, Long> columns, long time, String line) {
        next = new State(columns, time, null);
        say(line);
    }

    /** It was acknowledged. */
    synchronized void acknowledged(long time, String line) {
        State done = Objects.requireNonNull(next);
        past.add(new State(now.columns(), now.from(), time));
        past.removeIf(state -> state.until() != null && time - state.until() > KEPT_NANOS);
        now = done;
        next = null;
        say(line);
    }

    /** Nothing was changed, and will not be. */
    synchronized void refused(String line) {
        next = null;
        say(line);
    }

    /** Its outcome is not known yet. */
    synchronized void unknown(String line) {
        say(line);
    }

    private void say(String line) {
        lines.add(line);
        if (lines.size() > LINES) {
            lines.remove();
        }
    }

    /**
     * What is wrong with what a strong read saw; null when nothing is.
     *
     * @param seen null: no such row
     * @param begin when the read began
     * @param end when its answer was there
     */
    synchronized @Nullable String fault(@Nullable Map<Integer, Long> seen, long begin, long end) {
        List<State> states = new ArrayList<>(past);
        states.add(now);
        if (next != null) {
            states.add(next);
        }
        List<State> possible =
                states.stream().filter(state -> state.mayBeSeen(begin, end)).toList();
        if (possible.stream().anyMatch(state -> Objects.equals(state.columns(), seen))) {
            return null;
        }
        return "was read as " + text(seen) + ", and could only be one of "
                + possible.stream()
                        .map(state -> text(state.columns()))
                        .distinct()
                        .toList();
    }

    /** The last writes of this row. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    static String text(@Nullable Map<Integer, Long> columns) {
        if (columns == null) {
            return "not there";
        }
        StringBuilder text = new StringBuilder("{");
        columns.forEach((column, write) -> text.append(text.length() == 1 ? "" : ", ")
                .append(TableShape.name(column))
                .append(" of write ")
                .append(write));
        return text.append('}').toString();
    }
}
