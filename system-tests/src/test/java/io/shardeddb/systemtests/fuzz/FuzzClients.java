package io.shardeddb.systemtests.fuzz;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Writers and readers, through every router that has an address, as long as it is open. */
public final class FuzzClients implements AutoCloseable {

    static final int WRITERS = 4;
    private static final int READERS = 3;
    private static final long PAUSE_MILLIS = 10;

    private final RowModel model;
    private final Problems problems;
    private final Routers routers;
    private final Map<Outcome, AtomicLong> counts = new EnumMap<>(Outcome.class);
    private final AtomicLong givenUp = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean held;
    private int waiting;
    private volatile List<String> tables;
    private volatile int shards;

    /** Writes the first rows, and starts them. */
    public FuzzClients(RowModel model, Problems problems, Routers routers, FuzzSpec spec, long seed)
            throws InterruptedException {
        this.model = model;
        this.problems = problems;
        this.routers = routers;
        this.tables = spec.tables();
        this.shards = spec.shards();
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new AtomicLong());
        }
        know(spec);
        Random random = new Random(seed);
        new Writer(this, model, 0, random.nextLong()).load();
        for (int i = 0; i < WRITERS; i++) {
            start("fuzz-writer-" + i, new Writer(this, model, i, random.nextLong()));
        }
        for (int i = 0; i < READERS; i++) {
            start("fuzz-reader-" + i, new Reader(this, model, random.nextLong()));
        }
    }

    private void start(String name, Runnable work) {
        threads.add(Thread.ofPlatform().name(name).daemon().start(work));
    }

    /**
     * The spec asks for these tables and so many shards: they are written to and read, whether they are there or not.
     */
    public void know(FuzzSpec spec) {
        spec.expect(model);
        tables = spec.tables();
        shards = spec.shards();
    }

    Problems problems() {
        return problems;
    }

    List<String> tables() {
        return tables;
    }

    int shards() {
        return shards;
    }

    Routers.@Nullable Router router(Random random) {
        List<Routers.Router> there = routers.there();
        return there.isEmpty() ? null : there.get(random.nextInt(there.size()));
    }

    void count(Outcome outcome, long howMany) {
        count(outcome).addAndGet(howMany);
    }

    private AtomicLong count(Outcome outcome) {
        return java.util.Objects.requireNonNull(counts.get(outcome));
    }

    /** How many there were so far. */
    public long counted(Outcome outcome) {
        return count(outcome).get();
    }

    /** Waits until another request may be begun; false: the end. */
    boolean awaitTurn() throws InterruptedException {
        lock.lock();
        try {
            waiting++;
            changed.signalAll();
            while (held && stop.getCount() > 0) {
                changed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
            waiting--;
        } finally {
            lock.unlock();
        }
        return goOn(PAUSE_MILLIS);
    }

    /** Waits a little; false: the end. */
    boolean goOn(long millis) throws InterruptedException {
        return !stop.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Waits until routers have given up some more writes. Returns how many there were. */
    String awaitSilence(long millis) throws InterruptedException {
        long before = givenUp.get();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (givenUp.get() - before < WRITERS && System.nanoTime() - end < 0 && goOn(PAUSE_MILLIS)) {
            // Looks again.
        }
        return (givenUp.get() - before) + " writes were given up by routers";
    }

    /** A router found no leader for a write until its time was up. */
    void gaveUp() {
        givenUp.incrementAndGet();
    }

    /**
     * Lets every request under way end, outcomes that are not known yet asked for included, and begins no other one
     * until {@link #resume}.
     *
     * @return false when some did not end in time
     */
    public boolean hold(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            held = true;
            while (waiting < threads.size()) {
                long left = end - System.nanoTime();
                if (left <= 0 || !alive()) {
                    return false;
                }
                changed.await(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)), TimeUnit.NANOSECONDS);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean alive() {
        return threads.stream().allMatch(Thread::isAlive);
    }

    /** Lets requests begin again. */
    public void resume() {
        lock.lock();
        try {
            held = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        stop.countDown();
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
