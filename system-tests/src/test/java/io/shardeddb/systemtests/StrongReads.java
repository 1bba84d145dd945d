package io.shardeddb.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.proof.Expected;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client that reads rows strongly while others write them: what was acknowledged before a read began must be seen by
 * it.
 */
final class StrongReads implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 10;

    private final Rows rows;
    private final Expected expected;
    private final List<Long> keys;
    private final ConcurrentLinkedQueue<String> stale = new ConcurrentLinkedQueue<>();
    private final AtomicLong reads = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    StrongReads(RouterClient router, Expected expected, List<Long> keys) {
        this.rows = new Rows(router, Student.TABLE, RequestIds.fresh(), PATIENCE);
        this.expected = expected;
        this.keys = List.copyOf(keys);
        this.thread = Thread.ofPlatform().name("strong-reads").daemon().start(this::run);
    }

    private void run() {
        try {
            for (int i = 0; !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); i++) {
                long key = keys.get(i % keys.size());
                Optional<Student> before = expected.lastAcknowledged(key);
                if (before.isPresent()) {
                    read(key, before.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(long key, Student before) throws InterruptedException {
        Optional<JsonNode> found;
        try {
            found = rows.get(List.of(Long.toString(key)));
        } catch (CommandFailure refused) {
            // Refused for longer than the patience: not stale. Whether the database serves is judged by the writers.
            return;
        }
        reads.incrementAndGet();
        // Every write of a row raises its marks.
        if (found.isEmpty() || Student.of(found.get()).marks() < before.marks()) {
            stale.add("row " + key + ": acknowledged " + before + " and then read " + found);
        }
    }

    /** Reads that missed what was acknowledged before they began. */
    List<String> stale() {
        return List.copyOf(stale);
    }

    long reads() {
        return reads.get();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}
