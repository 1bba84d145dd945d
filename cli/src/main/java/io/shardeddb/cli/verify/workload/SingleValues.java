package io.shardeddb.cli.verify.workload;

import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.verify.check.Anomaly;
import io.shardeddb.cli.verify.check.Outcome;
import io.shardeddb.cli.verify.check.RegisterChecker;
import io.shardeddb.cli.verify.check.RegisterRead;
import io.shardeddb.cli.verify.check.RegisterWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Single rows are written, removed and read: each as if its requests came one after the other. When
 * many steps were taken, the rows are left and judged.
 */
final class SingleValues implements Workload {

    private static final String TABLE = "verify_values";
    private static final int ROWS = 8;
    private static final long WRITES_OF_A_ROW = 150;
    private static final String PATH = "/v1/tables/" + TABLE + "/rows/";

    private final long first;
    private final AtomicLong next = new AtomicLong(1);
    private final Queue<RegisterWrite> writes = new ConcurrentLinkedQueue<>();
    private final Queue<RegisterRead> reads = new ConcurrentLinkedQueue<>();
    private final Set<Long> used = new ConcurrentSkipListSet<>();
    private final AtomicInteger steps = new AtomicInteger();
    /** What rows hold that clients have left, as writes. */
    private final List<RegisterWrite> left = new ArrayList<>();

    private final Set<Long> leftRows = new TreeSet<>();

    SingleValues(long first) {
        this.first = first;
    }

    @Override
    public void prepare(VerifyClient client) throws InterruptedException {
        Prepared.require(client.settle("PUT", PATH + first, Json.object().put("value", 0), client.newId()));
    }

    private long anyRow(VerifyClient client) {
        return first
                + 1
                + next.get() / WRITES_OF_A_ROW / ROWS * ROWS
                + client.random().nextInt(ROWS);
    }

    @Override
    public void step(VerifyClient client) throws InterruptedException {
        steps.incrementAndGet();
        long key = anyRow(client);
        used.add(key);
        switch (client.random().nextInt(6)) {
            case 0, 1, 2 -> read(client, key).ifPresent(reads::add);
            case 3 -> {
                VerifyClient.Write write = client.write("DELETE", PATH + key, null);
                if (write.answer().status() == VerifyClient.NO_SUCH_ROW) {
                    // It looked, too.
                    reads.add(new RegisterRead(client.number(), write.span(), key, null));
                } else {
                    writes.add(new RegisterWrite(client.number(), write.span(), write.outcome(), key, null));
                }
            }
            default -> {
                long value = next.getAndIncrement();
                VerifyClient.Write write =
                        client.write("PUT", PATH + key, Json.object().put("value", value));
                writes.add(new RegisterWrite(client.number(), write.span(), write.outcome(), key, value));
            }
        }
    }

    private static Optional<RegisterRead> read(VerifyClient client, long key) throws InterruptedException {
        return client.read(TABLE, key)
                .map(read -> new RegisterRead(
                        client.number(),
                        read.span(),
                        key,
                        read.row().map(row -> row.path("value").asLong()).orElse(null)));
    }

    @Override
    public int remembered() {
        return steps.get();
    }

    @Override
    public List<Anomaly> judgePart(VerifyClient client) throws InterruptedException {
        List<RegisterRead> last = LastReads.of(TABLE, new TreeSet<>(used), key -> read(client, key), said -> {});
        reads.addAll(last);
        List<Anomaly> anomalies = RegisterChecker.check(List.copyOf(writes), List.copyOf(reads));
        // A write of unknown outcome may still come. For the end a row begins with what it holds now.
        writes.stream().filter(write -> write.outcome() == Outcome.UNKNOWN).forEach(left::add);
        last.forEach(read ->
                left.add(new RegisterWrite(read.client(), read.span(), Outcome.DONE, read.key(), read.value())));
        leftRows.addAll(used);
        writes.clear();
        reads.clear();
        used.clear();
        steps.set(0);
        next.updateAndGet(number -> (number / (WRITES_OF_A_ROW * ROWS) + 1) * WRITES_OF_A_ROW * ROWS);
        return anomalies;
    }

    @Override
    public List<Anomaly> judge(VerifyClient client, Consumer<String> said) throws InterruptedException {
        List<Anomaly> anomalies = new ArrayList<>(judgePart(client));
        anomalies.addAll(RegisterChecker.check(left, LastReads.of(TABLE, leftRows, key -> read(client, key), said)));
        return anomalies;
    }
}
