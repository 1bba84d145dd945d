package io.shardeddb.server.runtime;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A real thread that sleeps while its worker has nothing to do. */
final class ParkingThread implements WorkerThread, Runnable {
    private final Worker worker;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean woken;
    private boolean ending;

    ParkingThread(String name, Worker worker) {
        this.worker = worker;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        long pause = worker.work();
        while (sleep(pause)) {
            pause = worker.work();
        }
    }

    /** Returns false when the thread is to end. */
    private boolean sleep(long pause) {
        if (pause == 0) {
            return true;
        }
        lock.lock();
        try {
            long left = pause;
            while (!woken) {
                if (ending) {
                    return false;
                }
                if (pause == Worker.UNTIL_WOKEN) {
                    changed.await();
                } else if (left <= 0) {
                    return true;
                } else {
                    left = changed.awaitNanos(left);
                }
            }
            woken = false;
            return true;
        } catch (InterruptedException e) {
            // Nobody wants this: code that wants this thread to end says so.
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(long nanos) {
        lock.lock();
        try {
            ending = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            var _ = thread.join(Duration.ofNanos(Math.max(1, nanos)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
