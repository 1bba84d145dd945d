package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.SnapshotMarker;
import java.util.ArrayList;
import java.util.List;

/**
 * The modelled database: it does not sync each commit. What was committed since the last flush can be lost as a suffix,
 * in whole transactions.
 */
final class SimStore {
    private record Transaction(List<LogEntry> entries, long expiryOffset) {}

    /** Sees each entry just after it was applied, and the index at which its request ran. */
    interface Observer {
        void applied(LogEntry entry, long result);
    }

    private final Variant variant;
    private Rows current = new Rows();
    private Rows durable = new Rows();
    private final List<Transaction> unflushed = new ArrayList<>();

    SimStore(Variant variant) {
        this.variant = variant;
    }

    Rows rows() {
        return current;
    }

    long durableApplied() {
        return durable.cleared ? -1 : durable.applied;
    }

    boolean isCleared() {
        return current.cleared;
    }

    /**
     * Commits one transaction.
     *
     * @param expiryOffset by how much the local clock differs, for the variant that expires by it
     */
    void commit(List<LogEntry> entries, long expiryOffset, Observer observer) {
        for (LogEntry entry : entries) {
            long result = apply(current, entry, expiryOffset);
            observer.applied(entry, result);
        }
        unflushed.add(new Transaction(entries, expiryOffset));
    }

    /** The step of a schema change that is durable at once, before its index is recorded. */
    void changeSchemaOnly(long version) {
        boolean blind = variant == Variant.BLIND_DDL_REPLAY;
        current.schema = blind ? current.schema + 1 : version;
        flush();
        durable.schema = current.schema;
    }

    /** The transaction that went on after the database had rolled it back: only the rest of it, but the last index. */
    void commitOnlyIndex(List<LogEntry> entries) {
        LogEntry last = entries.getLast();
        long[] values = current.values.clone();
        commit(entries, 0, (entry, result) -> {});
        System.arraycopy(values, 0, current.values, 0, values.length);
        current.hash = Rows.mix(current.hash, last.index());
        durable = current.copy();
        unflushed.clear();
    }

    long apply(Rows rows, LogEntry entry, long expiryOffset) {
        long time = entry.payload() instanceof Batch batch ? batch.timestamp() : 0;
        long offset = variant == Variant.EXPIRY_BY_LOCAL_CLOCK ? expiryOffset : 0;
        return rows.apply(entry, time + offset);
    }

    /** Everything committed is durable. */
    void flush() {
        for (Transaction transaction : unflushed) {
            for (LogEntry entry : transaction.entries()) {
                apply(durable, entry, transaction.expiryOffset());
            }
        }
        unflushed.clear();
    }

    /** The database crashed: a suffix of what was not flushed is lost. */
    void loseSuffix(int kept) {
        Rows survived = durable.copy();
        List<Transaction> survivors = List.copyOf(unflushed.subList(0, Math.min(kept, unflushed.size())));
        for (Transaction transaction : survivors) {
            for (LogEntry entry : transaction.entries()) {
                apply(survived, entry, transaction.expiryOffset());
            }
        }
        current = survived;
        durable = survived.copy();
        unflushed.clear();
    }

    int unflushedCount() {
        return unflushed.size();
    }

    /** All rows are removed, durably, before a copy begins. */
    void clear() {
        current = new Rows();
        current.cleared = true;
        durable = current.copy();
        unflushed.clear();
    }

    /** The rows of a copy are here; durable only after a flush. */
    void install(Rows rows, SnapshotMarker marker, boolean flushed) {
        current = rows.copy();
        current.installed = marker;
        current.cleared = false;
        unflushed.clear();
        if (flushed) {
            durable = current.copy();
        }
    }
}
