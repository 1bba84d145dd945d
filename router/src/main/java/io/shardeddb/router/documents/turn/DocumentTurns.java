package io.shardeddb.router.documents.turn;

import io.shardeddb.protocol.value.Row;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Turns of those who change one document through this router: they would only disturb one another. Which documents
 * share turns is decided by a hash. No correctness rests on it.
 */
public final class DocumentTurns {

    private static final int PLACES = 1024;

    private final ReentrantLock[] places = new ReentrantLock[PLACES];

    /** Nobody has a turn yet. */
    public DocumentTurns() {
        for (int i = 0; i < PLACES; i++) {
            places[i] = new ReentrantLock(true);
        }
    }

    /** A turn, which ends when it is closed. */
    @FunctionalInterface
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a turn, in the order of those who ask.
     *
     * @param deadline by {@link System#nanoTime}; one who has waited so long goes on without a turn
     */
    public Turn take(String collection, Row key, long deadline) {
        ReentrantLock place = places[Math.floorMod(31 * collection.hashCode() + key.hashCode(), PLACES)];
        try {
            if (place.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                return place::unlock;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return () -> {};
    }
}
