package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.SnapshotMarker;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the modelled database: registers, exactly-once records, the schema, and the applied index next to them.
 */
final class Rows {
    static final int KEYS = 4;
    /** How long, by the log's own time, a request is remembered. */
    static final long WINDOW = 900_000_000L;

    final long[] values = new long[KEYS];
    final Map<Long, long[]> records = new LinkedHashMap<>();
    long applied;
    long appliedTerm;
    long schema;
    long hash;
    boolean cleared;
    long lastTimestamp;
    /** Where the log has to begin since the latest copy. */
    @Nullable
    SnapshotMarker installed;

    Rows copy() {
        Rows copy = new Rows();
        System.arraycopy(values, 0, copy.values, 0, KEYS);
        copy.records.putAll(records);
        copy.applied = applied;
        copy.appliedTerm = appliedTerm;
        copy.schema = schema;
        copy.hash = hash;
        copy.cleared = cleared;
        copy.lastTimestamp = lastTimestamp;
        copy.installed = installed;
        return copy;
    }

    /**
     * Applies one entry, whatever is applied already.
     *
     * @param expireAt the time by which records expire
     * @return the index at which the request ran; 0 if it is no request, -1 if it was refused as too old
     */
    long apply(LogEntry entry, long expireAt) {
        applied = entry.index();
        appliedTerm = entry.term();
        long result = 0;
        if (entry.payload() instanceof Batch batch) {
            lastTimestamp = Math.max(lastTimestamp, batch.timestamp());
            if (batch.schema() == 0) {
                result = write(entry.index(), batch, expireAt);
            }
        }
        hash = mix(mix(hash, entry.index()), mix(result, schema));
        return result;
    }

    private long write(long index, Batch batch, long expireAt) {
        expire(expireAt - WINDOW);
        long[] before = records.get(batch.request());
        if (before != null) {
            return before[0];
        }
        if (batch.issued() < expireAt - WINDOW) {
            return -1;
        }
        values[batch.key()] = mix(values[batch.key()], batch.request());
        records.put(batch.request(), new long[] {index, Math.max(batch.issued(), batch.timestamp())});
        return index;
    }

    private void expire(long before) {
        Iterator<long[]> iterator = records.values().iterator();
        while (iterator.hasNext() && iterator.next()[1] < before) {
            iterator.remove();
        }
    }

    /** The whole state as one number. */
    long fingerprint() {
        long all = mix(hash, schema);
        for (long value : values) {
            all = mix(all, value);
        }
        return mix(all, records.size());
    }

    static long mix(long a, long b) {
        long z = (a ^ (b + 0x9E3779B97F4A7C15L + (a << 6) + (a >>> 2))) * 0xBF58476D1CE4E5B9L;
        return z ^ (z >>> 29);
    }
}
