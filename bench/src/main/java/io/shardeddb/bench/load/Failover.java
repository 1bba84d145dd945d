package io.shardeddb.bench.load;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One client writes without a pause while something is broken: how long until a write is acknowledged again? */
public final class Failover {

    private static final long WRITES_BEFORE = 20;
    private static final long GIVE_UP_SECONDS = 60;
    private static final long POLL_MILLIS = 1;

    private Failover() {}

    /** Breaks something. */
    public interface Fault {
        /** Returns the moment of the fault, by {@link System#nanoTime}. */
        long strike() throws InterruptedException;
    }

    /**
     * Seconds from the fault to the end of the first write that began after it and was acknowledged.
     *
     * @param writes to what is broken; a write that fails is followed by another one
     * @throws LoadException when no write is acknowledged for a minute
     */
    public static double seconds(Target target, Table table, Supplier<Operation> writes, Fault fault)
            throws LoadException, InterruptedException {
        AtomicLong struck = new AtomicLong();
        AtomicLong acknowledged = new AtomicLong();
        AtomicReference<@Nullable Double> gap = new AtomicReference<>();
        Thread writer = Thread.ofPlatform().daemon(true).name("writer").start(() -> {
            while (gap.get() == null && !Thread.currentThread().isInterrupted()) {
                writeUntilBroken(target, table, writes, struck, acknowledged, gap);
            }
        });
        long end = System.nanoTime() + GIVE_UP_SECONDS * 1_000_000_000L;
        while (acknowledged.get() < WRITES_BEFORE && System.nanoTime() - end < 0) {
            Thread.sleep(POLL_MILLIS);
        }
        struck.set(fault.strike());
        while (gap.get() == null && System.nanoTime() - end < 0) {
            Thread.sleep(POLL_MILLIS);
        }
        writer.interrupt();
        writer.join();
        Double measured = gap.get();
        if (measured == null) {
            throw new LoadException("no write was acknowledged within " + GIVE_UP_SECONDS + " s");
        }
        return measured;
    }

    private static void writeUntilBroken(
            Target target,
            Table table,
            Supplier<Operation> writes,
            AtomicLong struck,
            AtomicLong acknowledged,
            AtomicReference<@Nullable Double> gap) {
        try (Target.Session session = target.connect(table, 0)) {
            while (gap.get() == null && !Thread.currentThread().isInterrupted()) {
                long begun = System.nanoTime();
                session.run(writes.get());
                long fault = struck.get();
                if (fault != 0 && begun - fault > 0) {
                    gap.set((System.nanoTime() - fault) / 1e9);
                }
                acknowledged.incrementAndGet();
            }
        } catch (LoadException e) {
            // Refused or broken while the fault lasts: the caller connects and writes again until its time is over.
            Thread.onSpinWait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
