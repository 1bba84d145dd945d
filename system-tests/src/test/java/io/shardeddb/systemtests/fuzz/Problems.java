package io.shardeddb.systemtests.fuzz;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** What happened, with times, and what was wrong. Thread-safe. */
public final class Problems {

    private static final int MOST_PROBLEMS = 20;
    private static final int MOST_STEPS = 120;

    private final long began = System.nanoTime();
    private final List<String> found = new ArrayList<>();
    private final Deque<String> steps = new ArrayDeque<>();

    /** Seconds since the beginning, as they stand before each line. */
    public String time(long nanoTime) {
        return String.format(Locale.ROOT, "%8.3f s", (nanoTime - began) / 1e9);
    }

    /** Writes a step down, and shows it. */
    public void step(String text) {
        String line = time(System.nanoTime()) + "  " + text;
        synchronized (this) {
            steps.add(line);
            if (steps.size() > MOST_STEPS) {
                steps.remove();
            }
        }
        System.out.println(line);
    }

    /** Something was wrong. Only the first ones are kept: what follows is most often their consequence. */
    public synchronized void add(String text) {
        if (found.size() < MOST_PROBLEMS) {
            found.add(time(System.nanoTime()) + "  " + text);
        }
    }

    /** What was wrong, the earliest first. */
    public synchronized List<String> found() {
        return List.copyOf(found);
    }

    /** The last steps, the earliest first. */
    public synchronized List<String> steps() {
        return List.copyOf(steps);
    }
}
