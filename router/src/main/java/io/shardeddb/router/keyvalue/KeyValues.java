package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.keyvalue.expiry.ShardTimes;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is done with the keys of spaces. All methods fail with a {@link DatabaseException}: SPACE_NOT_FOUND,
 * INVALID_KEY, and what reads and writes of rows fail with. Nothing blocks.
 *
 * <p>A key that has expired counts as absent. Where a write depends on what is there, the key is read first, which
 * removes an expired row. So a condition is one of the row alone, and holds at the write's place in the log.
 */
@Singleton
public final class KeyValues {

    /** Keys that are read together, at most. A server has all their values in memory at once, of 1 MiB each. */
    private static final int MOST_READ_TOGETHER = 100;

    private final SpaceReads spaceReads;
    private final Reads reads;
    private final Writes writes;
    private final ShardTimes times;
    private final SeveralWrites several;
    private final List<ObjLongConsumer<String>> listeners = new CopyOnWriteArrayList<>();

    KeyValues(SpaceReads spaceReads, Reads reads, Writes writes, ShardTimes times) {
        this.spaceReads = spaceReads;
        this.reads = reads;
        this.writes = writes;
        this.times = times;
        this.several = new SeveralWrites(spaceReads, writes, times);
    }

    /**
     * A key that was read.
     *
     * @param entry {@code null}: it is absent
     * @param indexes what was seen, for the session token
     */
    public record Found(@Nullable Entry entry, Map<GroupId, Long> indexes) {}

    /**
     * A key that was put.
     *
     * @param created whether it was absent before
     * @param version of the value, the write's timestamp
     * @param expires milliseconds since the epoch; absent: never
     * @param indexes what was seen, for the session token
     */
    public record Stored(
            boolean created, long version, @Nullable Long expires, Map<GroupId, Long> indexes) {}

    /**
     * A counter that was added to.
     *
     * @param number the sum
     * @param version of the counter, the write's timestamp
     * @param expires milliseconds since the epoch; absent: never
     * @param indexes what was seen, for the session token
     */
    public record Counted(
            long number, long version, @Nullable Long expires, Map<GroupId, Long> indexes) {}

    /**
     * Keys that were written or removed together.
     *
     * @param keys how many of them were changed
     * @param timestamp of the write; 0: nothing was changed
     * @param indexes what was seen, for the session token
     */
    public record Changed(int keys, long timestamp, Map<GroupId, Long> indexes) {}

    /**
     * Keys that were read at one moment.
     *
     * @param entries those that are there, by their keys
     * @param indexes what was seen, for the session token
     */
    public record Several(Map<ByteString, Entry> entries, Map<GroupId, Long> indexes) {}

    /**
     * A part of a scan.
     *
     * @param entries in the order of their keys
     * @param continuation with which the scan goes on; {@code null}: this is its end
     * @param indexes what was seen, for the session token
     */
    public record Page(List<Entry> entries, @Nullable String continuation, Map<GroupId, Long> indexes) {}

    /**
     * Who writes.
     *
     * @param id the client's own; absent: a repeat of the client's is a new write
     * @param until when the client gives up, by {@link System#nanoTime}; absent: it waits as long as a write may
     */
    public record Writer(@Nullable RequestId id, @Nullable Long until) {

        /** One who waits as long as a write may. */
        public Writer(@Nullable RequestId id) {
            this(id, null);
        }

        /** How a write reads first. */
        ReadOptions reads() {
            Long moment = until;
            return moment == null ? ReadOptions.STRONG : ReadOptions.STRONG.until(moment);
        }
    }

    /**
     * A key that is there.
     *
     * @param indexes what was seen, for the session token
     */
    public record Present(Entry entry, Map<GroupId, Long> indexes) {}

    /** Calls the listener with the space of each key that this router gives an expiry, and with its time. */
    public void whenExpiring(ObjLongConsumer<String> listener) {
        listeners.add(listener);
    }

    /** Reads a key. */
    public CompletableFuture<Found> get(String space, ByteString key, ReadOptions options) {
        return spaceReads
                .one(space, key, Space.Fetched.ALL, options)
                .thenApply(one -> new Found(one.entry(), one.indexes()));
    }

    /**
     * Reads a key that must be there. Fails with KEY_NOT_FOUND, or CONDITION_FAILED.
     *
     * @param condition of the key
     */
    public CompletableFuture<Present> present(
            String space, ByteString key, KeyCondition condition, ReadOptions options) {
        return get(space, key, options).thenApply(found -> {
            Entry entry = found.entry();
            if (!condition.holds(entry)) {
                throw SpaceWrites.refused(condition);
            }
            if (entry == null) {
                throw SpaceWrites.notFound(space, key);
            }
            return new Present(entry, found.indexes());
        });
    }

    /** The names of all spaces. */
    public CompletableFuture<List<String>> spaces() {
        return reads.withTopology(now -> CompletableFuture.completedFuture(Space.names(now)));
    }

    /** Puts a value, or a counter. Fails with CONDITION_FAILED. */
    public CompletableFuture<Stored> put(String space, Put put, Writer writer) {
        LongSupplier content = () -> SpaceWrites.content("put", space, put);
        if (put.condition() instanceof KeyCondition.Always) {
            return expires(space, put.key(), put.ttlMillis(), writer)
                    .thenCompose(expires -> put(space, put, writer, content, expires.millis()));
        }
        return spaceReads
                .one(space, put.key(), Space.Fetched.NUMBERS, writer.reads())
                .thenCompose(found -> {
                    requireOrRepeat(put.condition(), found.entry(), writer.id());
                    Long ttl = put.ttlMillis();
                    Long expires = ttl == null ? null : Long.valueOf(found.shardMillis() + ttl);
                    return put(space, put, writer, content, expires);
                });
    }

    /** A request with an id may be a repeat of one that was done, which changed what is there: the log knows it. */
    private static void requireOrRepeat(KeyCondition condition, @Nullable Entry present, @Nullable RequestId id) {
        if (id == null && !condition.holds(present)) {
            throw SpaceWrites.refused(condition);
        }
    }

    private CompletableFuture<Stored> put(
            String space, Put put, Writer writer, LongSupplier content, @Nullable Long expires) {
        expects(space, expires);
        return writes.run(
                        writer.id(),
                        content,
                        now -> {
                            Space known = Space.of(now, space);
                            return SpaceWrites.one(now, known, put.key(), SpaceWrites.put(known, put, expires));
                        },
                        writer.until())
                .thenApply(result -> {
                    SpaceWrites.Outcome outcome = done(result, space, put.key(), put.condition());
                    boolean created = put.condition() instanceof KeyCondition.IfAbsent
                            || (put.condition() instanceof KeyCondition.Always && outcome.wasAbsent());
                    return new Stored(
                            created,
                            outcome.reply().getTimestamp(),
                            outcome.isTold() ? outcome.expires() : expires,
                            result.indexes());
                });
    }

    private SpaceWrites.Outcome done(Writes.Result result, String space, ByteString key, KeyCondition condition) {
        DatabaseException error = result.gravest();
        if (error != null) {
            throw switch (error.code()) {
                case CONDITION_FAILED -> SpaceWrites.refused(condition);
                case ROW_NOT_FOUND -> SpaceWrites.notFound(space, key);
                default -> error;
            };
        }
        SpaceWrites.Outcome outcome = SpaceWrites.Outcome.of(result);
        if (!outcome.reply().getRepeated()) {
            SpaceWrites.learn(times, result);
        }
        return outcome;
    }

    private void expects(String space, @Nullable Long expires) {
        if (expires != null) {
            listeners.forEach(listener -> listener.accept(space, expires));
        }
    }

    /** When a key expires; never, where {@code millis} is absent. */
    private record Expires(@Nullable Long millis) {
        private static final Expires NEVER = new Expires(null);
    }

    /** When a key of a life expires, by the time of its shard. */
    private CompletableFuture<Expires> expires(String space, ByteString key, @Nullable Long ttlMillis, Writer writer) {
        if (ttlMillis == null) {
            return CompletableFuture.completedFuture(Expires.NEVER);
        }
        return reads.withTopology(now -> {
            ShardEntry shard = now.shardOf(Space.of(now, space).table(), Space.key(key));
            Long present = times.present(shard.group());
            return present != null
                    ? CompletableFuture.completedFuture(new Expires(present + ttlMillis))
                    : spaceReads
                            .one(space, key, Space.Fetched.NUMBERS, writer.reads())
                            .thenApply(one -> new Expires(one.shardMillis() + ttlMillis));
        });
    }

    /** Removes a key. Fails with KEY_NOT_FOUND, or CONDITION_FAILED where a condition was given. */
    public CompletableFuture<Changed> delete(String space, ByteString key, KeyCondition condition, Writer writer) {
        if (condition instanceof KeyCondition.Always) {
            return remove(space, key, condition, writer).thenApply(result -> {
                SpaceWrites.Outcome outcome = done(result, space, key, condition);
                if (outcome.wasAbsent()) {
                    throw SpaceWrites.notFound(space, key);
                }
                return new Changed(1, outcome.reply().getTimestamp(), result.indexes());
            });
        }
        return spaceReads
                .one(space, key, Space.Fetched.NUMBERS, writer.reads())
                .thenCompose(found -> {
                    requireOrRepeat(condition, found.entry(), writer.id());
                    return remove(space, key, condition, writer);
                })
                .thenApply(result -> {
                    SpaceWrites.Outcome outcome = done(result, space, key, condition);
                    return new Changed(1, outcome.reply().getTimestamp(), result.indexes());
                });
    }

    private CompletableFuture<Writes.Result> remove(
            String space, ByteString key, KeyCondition condition, Writer writer) {
        boolean mustExist = condition instanceof KeyCondition.Always;
        return writes.run(
                writer.id(),
                () -> SpaceWrites.content("delete", space, key, condition),
                now -> {
                    Space known = Space.of(now, space);
                    return SpaceWrites.one(now, known, key, SpaceWrites.delete(key, condition, mustExist));
                },
                writer.until());
    }

    /** Adds to a counter, which is made where the key is absent. Fails with NOT_A_COUNTER and OUT_OF_BOUNDS. */
    public CompletableFuture<Counted> increment(String space, Increment increment, Writer writer) {
        LongSupplier content = () -> SpaceWrites.content("increment", space, increment);
        return expires(space, increment.key(), increment.ttlMillis(), writer).thenCompose(expires -> {
            expects(space, expires.millis());
            Counting counting =
                    new Counting(spaceReads, writes, times, space, increment, expires.millis(), writer, content);
            return counting.step(0, known -> increment.toLasting(expires.millis()), null);
        });
    }

    /** Reads a part of a scan. */
    public CompletableFuture<Page> scan(String space, KeyScan scan, ReadOptions options) {
        Scanning scanning = new Scanning(
                spaceReads, space, scan, scan.values() ? Space.Fetched.ALL : Space.Fetched.WITHOUT_VALUE, options);
        return scanning.page();
    }

    /** Reads several keys, strong ones at one moment. */
    public CompletableFuture<Several> getAll(String space, List<ByteString> keys, ReadOptions options) {
        SeveralWrites.requireFew(keys.size(), MOST_READ_TOGETHER);
        keys.forEach(Space::key);
        return spaceReads
                .several(space, List.copyOf(new HashSet<>(keys)), Space.Fetched.ALL, options)
                .thenApply(several -> new Several(several.entries(), several.indexes()));
    }

    /** Puts several keys, all or none. Fails with CONDITION_FAILED where one condition does not hold. */
    public CompletableFuture<Changed> putAll(String space, List<Put> puts, Writer writer) {
        return several.putAll(space, puts, writer, expires -> expects(space, expires));
    }

    /** Removes several keys, all or none. Those that are absent stay so. */
    public CompletableFuture<Changed> deleteAll(String space, List<ByteString> keys, Writer writer) {
        return several.deleteAll(space, keys, writer);
    }

    /**
     * What a look for expired keys came to.
     *
     * @param removed how many were removed
     * @param earliest when the first of the others expires, in milliseconds since the epoch; absent: none of them does
     * @param last where the look ended; {@code null}: at the end of the space
     */
    public record Swept(
            int removed, @Nullable Long earliest, @Nullable ByteString last) {}

    /**
     * Looks through a part of a space, and removes what has expired.
     *
     * @param after where the look begins; absent: at the beginning
     * @param limit keys that are looked at, at most
     */
    public CompletableFuture<Swept> sweep(String space, @Nullable ByteString after, int limit) {
        KeyScan scan = KeyScan.all(limit, after);
        return spaceReads
                .range(space, scan, Space.Fetched.NUMBERS, ReadOptions.STRONG, KeyScan.MOST_BYTES)
                .thenApply(found -> {
                    Long earliest = found.merged().live().stream()
                            .map(Entry::expires)
                            .filter(expires -> expires != null)
                            .min(Long::compare)
                            .orElse(null);
                    return new Swept(
                            found.merged().over().size(),
                            earliest,
                            found.merged().more() ? found.merged().last() : null);
                });
    }
}
