package io.shardeddb.simulator.driver.schedule;

import io.shardeddb.simulator.Trace;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Modelled time, and all that is to happen in it. One thread runs everything; the seed decides when. */
public final class Schedule {
    public static final long MICRO = 1_000;
    public static final long MILLI = 1_000_000;
    public static final long SECOND = 1_000_000_000;
    private static final long WALL_AT_BEGIN = 1_700_000_000_000L;
    /** More happens only when something goes round in circles. */
    private static final long MOST_EVENTS = 3_000_000;

    /** What events belong to: they pass it by when it is over, and come later when it stands still. */
    public interface Host {

        /** Whether its events still happen. */
        boolean isAlive();

        /** Until when none of them happens; in the past: it runs. */
        long frozenUntil();

        /** Runs an event of it. */
        void run(Runnable task);
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom random;
    private final Trace trace;
    private long now;
    private long order;
    private long done;
    private @Nullable RuleBroken broken;

    private record Event(long at, long order, @Nullable Host of, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    /** Begins at time 0. */
    public Schedule(long seed, Trace trace) {
        random = new SplittableRandom(seed);
        this.trace = trace;
    }

    /** True time, in nanoseconds since the beginning. */
    public long now() {
        return now;
    }

    /** True wall time, in milliseconds since the epoch. */
    public long wallMillis() {
        return WALL_AT_BEGIN + now / MILLI;
    }

    public SplittableRandom random() {
        return random;
    }

    /** A time between two. */
    public long between(long least, long most) {
        return least + random.nextLong(most - least + 1);
    }

    /** Whether something happens that does so once in a number of times. */
    public boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** Something of the world's own. */
    public void after(long nanos, Runnable task) {
        add(null, nanos, task);
    }

    /** Something in a process, if it still lives then. */
    public void after(Host process, long nanos, Runnable task) {
        add(process, nanos, task);
    }

    private void add(@Nullable Host process, long nanos, Runnable task) {
        events.add(new Event(now + Math.max(0, nanos), order++, process, task));
    }

    public void trace(Supplier<String> line) {
        if (trace.isOn()) {
            trace.line(now / MICRO + " " + line.get());
        }
    }

    /** Told by the code that saw it, even where the exception is caught. */
    public void broken(RuleBroken seen) {
        if (broken == null) {
            broken = seen;
            trace(() -> "BROKEN " + seen.getMessage());
        }
    }

    /** Throws what was told. */
    public void check() {
        if (broken != null) {
            throw broken;
        }
    }

    /** Runs what happens until a time. */
    public void runUntil(long time) {
        while (step(time)) {
            check();
        }
        now = Math.max(now, time);
    }

    private boolean step(long until) {
        Event next = events.peek();
        if (next == null || next.at() > until) {
            return false;
        }
        events.remove();
        now = Math.max(now, next.at());
        if (++done > MOST_EVENTS) {
            throw new RuleBroken("nothing goes round in circles", done + " things happened in " + now + " ns");
        }
        Host process = next.of();
        if (process == null) {
            next.task().run();
        } else if (process.isAlive()) {
            long thaw = process.frozenUntil();
            if (thaw > now) {
                events.add(new Event(thaw, next.order(), process, next.task()));
            } else {
                process.run(next.task());
            }
        }
        return true;
    }
}
