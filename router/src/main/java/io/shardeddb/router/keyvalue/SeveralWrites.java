package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.keyvalue.expiry.ShardTimes;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/** Writes of several keys, all or none. */
final class SeveralWrites {

    private final SpaceReads spaceReads;
    private final Writes writes;
    private final ShardTimes times;

    SeveralWrites(SpaceReads spaceReads, Writes writes, ShardTimes times) {
        this.spaceReads = spaceReads;
        this.writes = writes;
        this.times = times;
    }

    static void requireFew(int keys, int most) {
        if (keys > most) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE, "such a request has at most " + most + " keys, not " + keys);
        }
    }

    private static void requireOnce(List<ByteString> keys) {
        requireFew(keys.size(), KeyScan.MOST_KEYS);
        Set<ByteString> seen = new HashSet<>();
        for (int i = 0; i < keys.size(); i++) {
            var _ = Space.key(keys.get(i));
            if (!seen.add(keys.get(i))) {
                throw new DatabaseException(
                        ErrorCode.DUPLICATE_KEY_IN_REQUEST,
                        "key " + i + " of the request was in it before",
                        Map.of("row", Integer.toString(i)));
            }
        }
    }

    CompletableFuture<KeyValues.Changed> putAll(
            String space, List<Put> puts, KeyValues.Writer writer, LongConsumer expiring) {
        List<ByteString> keys = puts.stream().map(Put::key).toList();
        requireOnce(keys);
        // Those whose present state, or shard's time, is needed.
        List<ByteString> looked = puts.stream()
                .filter(put -> put.ttlMillis() != null || !(put.condition() instanceof KeyCondition.Always))
                .map(Put::key)
                .toList();
        return look(space, looked, writer).thenCompose(found -> {
            for (int i = 0; i < puts.size(); i++) {
                Put put = puts.get(i);
                if (writer.id() == null
                        && !put.condition().holds(found.entries().get(put.key()))) {
                    throw SpaceWrites.refused(put.condition()).with("row", Integer.toString(i));
                }
            }
            Map<ByteString, Long> expires = new HashMap<>();
            return run(writes.run(
                    writer.id(),
                    () -> SpaceWrites.content("puts", space, puts.toArray()),
                    now -> {
                        puts.forEach(put -> expire(now, space, put, expires, expiring));
                        return SpaceWrites.all(
                                now,
                                Space.of(now, space),
                                keys,
                                (known, i) -> SpaceWrites.put(known, puts.get(i), expires.get(keys.get(i))));
                    },
                    writer.until()));
        });
    }

    /** The same expiry each time that the write is planned. */
    private void expire(Topology now, String space, Put put, Map<ByteString, Long> expires, LongConsumer expiring) {
        Long ttl = put.ttlMillis();
        if (ttl != null) {
            ShardEntry shard = now.shardOf(Space.of(now, space).table(), Space.key(put.key()));
            Long present = times.present(shard.group());
            long from = present == null ? times.heard(shard.group()) : present;
            expiring.accept(expires.computeIfAbsent(put.key(), ignored -> from + ttl));
        }
    }

    private CompletableFuture<SpaceReads.Several> look(String space, List<ByteString> keys, KeyValues.Writer writer) {
        return keys.isEmpty()
                ? CompletableFuture.completedFuture(new SpaceReads.Several(Map.of(), Map.of()))
                : spaceReads.several(space, keys, Space.Fetched.NUMBERS, writer.reads());
    }

    private static CompletableFuture<KeyValues.Changed> run(CompletableFuture<Writes.Result> running) {
        return running.thenApply(result -> {
            DatabaseException error = result.gravest();
            if (error != null) {
                throw error;
            }
            return new KeyValues.Changed(result.affectedOperations(), result.timestamp(), result.indexes());
        });
    }

    CompletableFuture<KeyValues.Changed> deleteAll(String space, List<ByteString> keys, KeyValues.Writer writer) {
        requireOnce(keys);
        return look(space, keys, writer)
                .thenCompose(ignored -> run(writes.run(
                        writer.id(),
                        () -> SpaceWrites.content("deletes", space, keys.toArray()),
                        now -> SpaceWrites.all(
                                now,
                                Space.of(now, space),
                                keys,
                                (known, i) -> SpaceWrites.delete(keys.get(i), KeyCondition.NONE, false)),
                        writer.until())));
    }
}
