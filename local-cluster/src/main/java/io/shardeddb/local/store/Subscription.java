package io.shardeddb.local.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The changes of one resource, or of all, in order, as a bounded queue that one reader empties. */
public final class Subscription implements AutoCloseable {
    private static final int CAPACITY = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Event> waiting = new ArrayDeque<>();
    private final Runnable onClose;
    private boolean closed;
    private boolean overflowed;

    Subscription(Runnable onClose) {
        this.onClose = onClose;
    }

    void offer(Event event) {
        lock.lock();
        try {
            if (closed || overflowed) {
                return;
            }
            if (waiting.size() >= CAPACITY) {
                overflowed = true;
                waiting.clear();
            } else {
                waiting.add(event);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next change.
     *
     * @param atMost how long to wait
     * @return the change, or null when none came in time or the subscription ended
     */
    public @Nullable Event next(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed && !overflowed) {
                if (nanos <= 0) {
                    return null;
                }
                nanos = changed.awaitNanos(Math.min(nanos, TimeUnit.DAYS.toNanos(1)));
            }
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no change will come any more: closed, or the reader was too slow and changes were dropped. */
    public boolean ended() {
        lock.lock();
        try {
            return overflowed || closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        onClose.run();
    }
}
