package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.server.group.propose.Pending;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one replica that wait until transactions are over. Writes wait for the keys that they need, in the order
 * in which they came. Reads wait for the transactions that had locked what they read when they were admitted; later
 * ones do not concern them. Confined to the loop.
 */
final class LockWaiters {

    /** So long a write waits at locks, at most; less when its client waits less. */
    static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int MOST_WRITES = 8192;

    /** What happens to a write that comes. */
    enum Admission {
        /** Nobody holds or waits for its keys. */
        FREE,
        /** It waits here. */
        WAITS,
        /** It is of a transaction, and an older one holds a key, or waits for it; or too many wait. */
        REFUSED
    }

    /**
     * A write that waits.
     *
     * @param age of the transaction that it is of; {@code null} when nothing is locked for it while it waits
     */
    private record WaitingWrite(
            Pending write, LockNeeds needs, @Nullable Age age, long until) {}

    /**
     * A read that waits.
     *
     * @param attempts that it waits for
     * @param index that must be applied for it
     * @param begin goes on
     * @param expired tells that the time is up
     */
    record WaitingRead(Set<Attempt> attempts, long index, long deadline, Runnable begin, Consumer<String> expired) {}

    private final List<WaitingWrite> writes = new ArrayList<>();
    private final List<WaitingRead> reads = new ArrayList<>();

    boolean isIdle() {
        return writes.isEmpty() && reads.isEmpty();
    }

    /** Whether reads wait. */
    boolean anyRead() {
        return !reads.isEmpty();
    }

    /** Lets a write through, keeps it, or refuses it. Steps that end transactions are not asked about. */
    Admission admit(Pending write, TransactionView view, @Nullable DatabaseSchema schema, long now) {
        if (schema == null || (!view.anyPrepared() && writes.isEmpty())) {
            return Admission.FREE;
        }
        LockNeeds needs;
        try {
            needs = LockKeys.of(write.request(), schema);
        } catch (DatabaseException | IllegalArgumentException e) {
            // The tables have changed since it was checked: it is refused when it is applied.
            return Admission.FREE;
        }
        Age age = age(write);
        List<WaitingWrite> before = writes.stream()
                .filter(waiting -> waiting.needs().conflictsWith(needs, schema::find))
                .toList();
        Set<Attempt> holders = view.holders(needs, schema::find);
        if (before.isEmpty() && holders.isEmpty()) {
            return Admission.FREE;
        }
        boolean youngerThanOne = age != null
                && (before.stream().anyMatch(waiting -> isOlder(waiting.age(), age))
                        || holders.stream().anyMatch(holder -> isOlder(age(view.prepared(holder)), age)));
        if (youngerThanOne || writes.size() >= MOST_WRITES) {
            return Admission.REFUSED;
        }
        long until = now + LONGEST_WAIT_NANOS;
        writes.add(new WaitingWrite(write, needs, age, until - write.deadline() < 0 ? until : write.deadline()));
        return Admission.WAITS;
    }

    private static boolean isOlder(@Nullable Age one, Age other) {
        return one != null && one.compareTo(other) < 0;
    }

    private static @Nullable Age age(Pending write) {
        TransactionStep step = write.request().getTransaction();
        if (step.hasDecide()) {
            // What its participants have prepared stays locked while it waits.
            return new Age(
                    step.getDecide().getFirstAskedMillis(), step.getDecide().getAttempt());
        }
        return step.hasPrepare()
                ? new Age(
                        step.getPrepare().getFirstAskedMillis(), write.request().getRequest())
                : null;
    }

    private static @Nullable Age age(@Nullable PreparedTransaction holder) {
        return holder == null ? null : new Age(holder.getFirstAskedMillis(), holder.getAttempt());
    }

    /** Takes out the writes whose rows nobody holds any more, and for which no earlier one waits. */
    List<Pending> freed(TransactionView view, @Nullable DatabaseSchema schema) {
        if (writes.isEmpty()) {
            return List.of();
        }
        Function<String, @Nullable TableDefinition> tables = schema == null ? name -> null : schema::find;
        List<Pending> freed = new ArrayList<>();
        List<LockNeeds> wanted = new ArrayList<>();
        for (Iterator<WaitingWrite> all = writes.iterator(); all.hasNext(); ) {
            WaitingWrite waiting = all.next();
            LockNeeds needs = waiting.needs();
            if (wanted.stream().noneMatch(earlier -> earlier.conflictsWith(needs, tables))
                    && view.holders(needs, tables).isEmpty()) {
                all.remove();
                freed.add(waiting.write());
                if (waiting.age() != null) {
                    // It will lock them again.
                    wanted.add(needs);
                }
            } else {
                wanted.add(needs);
            }
        }
        return freed;
    }

    /** Keeps a read. */
    void add(WaitingRead read) {
        reads.add(read);
    }

    /** Takes out the reads whose transactions are over, once everything that these did is applied. */
    List<WaitingRead> begun(TransactionView view, long applied) {
        if (reads.isEmpty()) {
            return List.of();
        }
        List<WaitingRead> begun = new ArrayList<>();
        for (Iterator<WaitingRead> all = reads.iterator(); all.hasNext(); ) {
            WaitingRead read = all.next();
            boolean over = read.attempts().stream().noneMatch(view::isPrepared);
            if (over && applied >= Math.max(read.index(), view.committedThrough())) {
                all.remove();
                begun.add(read);
            }
        }
        return begun;
    }

    /** Takes out the writes whose time is up. */
    List<Pending> expiredWrites(long now) {
        List<Pending> expired = new ArrayList<>();
        writes.removeIf(waiting -> {
            boolean over = now - waiting.until() > 0;
            if (over) {
                expired.add(waiting.write());
            }
            return over;
        });
        return expired;
    }

    /** Takes out the reads whose time is up. */
    List<WaitingRead> expiredReads(long now) {
        List<WaitingRead> expired =
                reads.stream().filter(read -> now - read.deadline() > 0).toList();
        reads.removeAll(expired);
        return expired;
    }

    /** Takes out all writes. */
    List<Pending> allWrites() {
        List<Pending> all = writes.stream().map(WaitingWrite::write).toList();
        writes.clear();
        return all;
    }

    /** Takes out all reads. */
    List<WaitingRead> allReads() {
        List<WaitingRead> all = List.copyOf(reads);
        reads.clear();
        return all;
    }
}
