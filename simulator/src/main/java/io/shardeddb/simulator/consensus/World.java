package io.shardeddb.simulator.consensus;

import io.shardeddb.simulator.Trace;
import java.util.Locale;
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

    private static final long BEGIN = 10_000_000_000L;

    final SplittableRandom random;
    /** For what came later, so that seeds pinned before mean much the same. */
    final SplittableRandom otherRandom;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Trace trace;
    private long sequence;
    private long now = BEGIN;

    World(long seed, Trace trace) {
        // Neighbouring seeds must not share anything.
        random = new SplittableRandom(new SplittableRandom(seed).nextLong());
        otherRandom = new SplittableRandom(~seed);
        this.trace = trace;
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

    void trace(String line) {
        if (trace.isOn()) {
            trace.line(String.format(Locale.ROOT, "%9.3f ms  %s", sinceBegin() / 1e6, line));
        }
    }
}
