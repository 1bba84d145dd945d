package io.shardeddb.cli.proof;

import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients that write without a pause worth mentioning, one row per request, each over keys of one shard. Every row is
 * recorded when it is acknowledged; a request without a final answer is sent again under its id. A row's marks rise
 * with each of its writes, those before this load included, so that a reader can tell an older state from a later one.
 */
public final class WriteLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int REMEMBERED = 20_000;
    /** Answers so soon after a kill were on their way before it. */
    private static final long SETTLED_NANOS = 50_000_000L;

    private final RouterClient router;
    private final Expected expected;
    private final long pauseMillis;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
    private final CountDownLatch stop = new CountDownLatch(1);

    /** One client's keys, all of one shard, and when its writes were acknowledged. */
    private static final class Lane {
        private final String shard;
        private final List<Long> keys;
        private long lastNanos = System.nanoTime();
        private long longestNanos;
        private boolean ended;
        private long writes;
        private final ArrayDeque<Long> recent = new ArrayDeque<>();

        Lane(String shard, List<Long> keys) {
            this.shard = shard;
            this.keys = keys;
        }

        synchronized void acknowledged(long nowNanos) {
            longestNanos = Math.max(longestNanos, nowNanos - lastNanos);
            lastNanos = nowNanos;
            writes++;
            recent.addLast(nowNanos);
            if (recent.size() > REMEMBERED) {
                recent.removeFirst();
            }
        }

        /** The first acknowledgement later than this, as far as they are remembered. */
        synchronized Optional<Long> acknowledgedAfter(long nanos) {
            return recent.stream().filter(each -> each - nanos > SETTLED_NANOS).findFirst();
        }

        /** A silence that still lasts counts too. */
        synchronized long longestNanos() {
            return ended ? longestNanos : Math.max(longestNanos, System.nanoTime() - lastNanos);
        }

        synchronized void ended() {
            ended = true;
        }

        synchronized void resetLongest() {
            longestNanos = 0;
        }

        synchronized long writes() {
            return writes;
        }
    }

    /**
     * @param pauseMillis between two writes of one client, to leave the machine some air
     */
    public WriteLoad(RouterClient router, Expected expected, long pauseMillis) {
        this.router = router;
        this.expected = expected;
        this.pauseMillis = pauseMillis;
    }

    /** Starts one more client. No other client may have one of its keys. */
    public void start(String shard, List<Long> keys) {
        Lane lane = new Lane(shard, List.copyOf(keys));
        long first = expected.highestMarks() + 1;
        lanes.add(lane);
        Thread thread = Thread.ofPlatform()
                .name("writer-" + shard + "-" + lanes.size())
                .daemon()
                .unstarted(() -> run(lane, lanes.indexOf(lane), first));
        threads.add(thread);
        thread.start();
    }

    private void run(Lane lane, int number, long first) {
        RequestIds ids = RequestIds.fresh();
        Rows rows = new Rows(router, Student.TABLE, ids, PATIENCE);
        try {
            for (long round = 0; stop.getCount() > 0; round++) {
                long key = lane.keys.get((int) (round % lane.keys.size()));
                Student row = new Student(key, "writer " + number, first + round);
                // Before it is sent: an end in the middle leaves it unsettled.
                expected.unsettled(row);
                Answer answer = rows.write(List.of(row.json()), Rows.WriteMode.UPSERT);
                if (answer.succeeded()) {
                    expected.acknowledged(row);
                    lane.acknowledged(System.nanoTime());
                } else if (!answer.worthRepeating()) {
                    refusals.add(row + ": " + answer.status() + " " + answer.reason());
                    return;
                }
                if (stop.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lane.ended();
        }
    }

    /**
     * When the first write to a shard was acknowledged after a fault at this moment; empty as long as there is none.
     */
    public Optional<Long> acknowledgedAfter(String shard, long nanos) {
        return lanes.stream()
                .filter(lane -> lane.shard.equals(shard))
                .map(lane -> lane.acknowledgedAfter(nanos))
                .flatMap(Optional::stream)
                .min(Long::compare);
    }

    /** The longest time that a client was without an acknowledgement, by shard, since the start or the last reset. */
    public Map<String, Duration> longestPauses() {
        Map<String, Duration> pauses = new LinkedHashMap<>();
        for (Lane lane : lanes) {
            pauses.merge(lane.shard, Duration.ofNanos(lane.longestNanos()), (a, b) -> a.compareTo(b) > 0 ? a : b);
        }
        return pauses;
    }

    /** Forgets the longest pauses. */
    public void resetPauses() {
        lanes.forEach(Lane::resetLongest);
    }

    /** Writes acknowledged. */
    public long writes() {
        return lanes.stream().mapToLong(Lane::writes).sum();
    }

    /** Writes that were refused for good: there should be none. */
    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Lets every client end its request under way, and ends. */
    public void stop() throws InterruptedException {
        stop.countDown();
        for (Thread thread : threads) {
            thread.join(PATIENCE.plusSeconds(35));
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        }
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
    }
}
