package io.shardeddb.consensus.sim;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** True time, the events to come, the one source of randomness, and the trace. */
final class World {
    private record Event(long time, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private static final int TRACE_LINES = 4000;
    private static final long BEGIN = 10_000_000_000L;

    final SplittableRandom random;
    /** For what came later, so that seeds pinned before mean much the same. */
    final SplittableRandom otherRandom;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final boolean traced;
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private long sequence;
    private long now = BEGIN;

    World(long seed, boolean traced) {
        // Neighbouring seeds must not share anything.
        random = new SplittableRandom(new SplittableRandom(seed).nextLong());
        otherRandom = new SplittableRandom(~seed);
        this.traced = traced;
    }

    long now() {
        return now;
    }

    long sinceBegin() {
        return now - BEGIN;
    }

    void after(long delay, Runnable action) {
        events.add(new Event(now + delay, sequence++, action));
    }

    /** Runs the next event. Returns whether there was one. */
    boolean step() {
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        now = event.time();
        event.action().run();
        return true;
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** A time in [0, bound). */
    long upTo(long bound) {
        return bound <= 0 ? 0 : random.nextLong(bound);
    }

    boolean isTraced() {
        return traced;
    }

    void trace(String line) {
        if (traced) {
            if (trace.size() == TRACE_LINES) {
                trace.removeFirst();
            }
            trace.add("%9.3f ms  %s".formatted(sinceBegin() / 1e6, line));
        }
    }

    String tail(int lines) {
        StringBuilder text = new StringBuilder();
        int skip = Math.max(0, trace.size() - lines);
        for (String line : trace) {
            if (skip-- <= 0) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }
}
