package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.cut.Cut;
import io.shardeddb.router.cut.CutView;
import io.shardeddb.router.forward.Forwarder;
import io.shardeddb.router.forward.RangeRead;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.keyvalue.expiry.ShardTimes;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of keys, by the shards' times. A strong read that finds a key expired removes its row before it says so: so the
 * key stays absent for everybody, also when the next leader's clock is behind.
 */
@Singleton
final class SpaceReads {

    /**
     * A key that others write again and again, always with an expiry that is over at once, ends a read after so many.
     */
    private static final int MOST_ROUNDS = 10;

    private static final int MOST_SHARDS_OF_CUT = 64;

    private final Reads reads;
    private final Forwarder forwarder;
    private final Writes writes;
    private final ShardTimes times;

    SpaceReads(Reads reads, Forwarder forwarder, Writes writes, ShardTimes times) {
        this.reads = reads;
        this.forwarder = forwarder;
        this.writes = writes;
        this.times = times;
    }

    /**
     * One key.
     *
     * @param entry {@code null}: it is absent
     * @param shardMillis the shard's time at the read
     * @param indexes what was seen, for the session token
     */
    record One(@Nullable Entry entry, long shardMillis, Map<GroupId, Long> indexes) {
        private boolean isOver() {
            return entry != null && entry.isOver(shardMillis);
        }

        private One absent() {
            return new One(null, shardMillis, indexes);
        }
    }

    /**
     * Several keys.
     *
     * @param entries those that are there, by their keys
     * @param indexes what was seen, for the session token
     */
    record Several(Map<ByteString, Entry> entries, Map<GroupId, Long> indexes) {}

    /**
     * Keys of a range.
     *
     * @param merged what was found
     * @param indexes what was seen, for the session token
     */
    record Ranged(KeyScan.Merged merged, Map<GroupId, Long> indexes) {}

    /** Reads a key. */
    CompletableFuture<One> one(String space, ByteString key, Space.Fetched fetched, ReadOptions options) {
        return one(space, key, fetched, options, 1);
    }

    private CompletableFuture<One> one(
            String space, ByteString key, Space.Fetched fetched, ReadOptions options, int round) {
        return reads.withTopology(options, now -> row(now, Space.of(now, space), key, fetched, options))
                .thenCompose(found -> {
                    Entry entry = found.entry();
                    if (entry == null || !found.isOver()) {
                        return CompletableFuture.completedFuture(found);
                    }
                    if (options.level() != ReadLevel.STRONG) {
                        return CompletableFuture.completedFuture(found.absent());
                    }
                    return remove(space, List.of(entry))
                            .thenCompose(gone -> gone
                                    ? CompletableFuture.completedFuture(found.absent())
                                    : again(round, () -> one(space, key, fetched, options, round + 1)));
                });
    }

    @FunctionalInterface
    private interface Round<T> {
        CompletableFuture<T> begin();
    }

    private static <T> CompletableFuture<T> again(int round, Round<T> next) {
        return round < MOST_ROUNDS
                ? next.begin()
                : CompletableFuture.failedFuture(new DatabaseException(
                        ErrorCode.OVERLOADED, "others wrote the key again and again while it was read; try again"));
    }

    private CompletableFuture<One> row(
            Topology now, Space space, ByteString key, Space.Fetched fetched, ReadOptions options) {
        Row row = Space.key(key);
        ShardEntry shard = now.shardOf(space.table(), row);
        ReadRequest request = request(now, space, shard, fetched, options)
                .setKeys(KeySelection.newBuilder().addKeys(RowCodec.encode(row)))
                .build();
        return forwarder
                .read(shard, request, options.place(), options.atMost(forwarder.readDeadline()))
                .thenApply(reply -> {
                    long millis = millis(shard, reply, options);
                    List<Entry> entries = entries(reply, fetched);
                    return new One(
                            entries.isEmpty() ? null : entries.getFirst(),
                            millis,
                            Map.of(shard.group(), reply.getIndex()));
                });
    }

    private static ReadRequest.Builder request(
            Topology now, Space space, ShardEntry shard, Space.Fetched fetched, ReadOptions options) {
        Projection projection = fetched.projection(space.table());
        ReadRequest.Builder request =
                options.request(now, shard).setTable(space.table().name()).setWithTimestamps(true);
        if (!projection.whole(space.table())) {
            request.addAllColumns(projection.fetched());
        }
        return request;
    }

    private static List<Entry> entries(ReadReply reply, Space.Fetched fetched) {
        List<Entry> entries = new ArrayList<>(reply.getRowsCount());
        for (int i = 0; i < reply.getRowsCount(); i++) {
            long version = i < reply.getTimestampsCount() ? reply.getTimestamps(i) : 0;
            entries.add(fetched.entry(RowCodec.decode(reply.getRows(i), fetched.size()), version));
        }
        return entries;
    }

    /** By what a shard's rows are judged. */
    private long millis(ShardEntry shard, ReadReply reply, ReadOptions options) {
        times.learn(shard.group(), reply.getLogMillis());
        return options.level() == ReadLevel.STRONG && reply.getLogMillis() > 0
                ? reply.getLogMillis()
                : times.heard(shard.group());
    }

    /** Reads several keys: strong ones as they are at one moment. */
    CompletableFuture<Several> several(
            String space, List<ByteString> keys, Space.Fetched fetched, ReadOptions options) {
        return several(space, keys, fetched, options, 1);
    }

    private CompletableFuture<Several> several(
            String space, List<ByteString> keys, Space.Fetched fetched, ReadOptions options, int round) {
        List<Entry> over = new ArrayList<>();
        return reads.withTopology(options, now -> {
                    over.clear();
                    return rows(now, Space.of(now, space), keys, fetched, options, over);
                })
                .thenCompose(found -> settled(
                        space,
                        over,
                        options,
                        found,
                        () -> again(round, () -> several(space, keys, fetched, options, round + 1))));
    }

    /** What was found, once all that had expired is removed; else everything is read again. */
    private <T> CompletableFuture<T> settled(
            String space, List<Entry> over, ReadOptions options, T found, Round<T> again) {
        if (over.isEmpty() || options.level() != ReadLevel.STRONG) {
            return CompletableFuture.completedFuture(found);
        }
        return remove(space, over).thenCompose(gone -> gone ? CompletableFuture.completedFuture(found) : again.begin());
    }

    private CompletableFuture<Several> rows(
            Topology now,
            Space space,
            List<ByteString> keys,
            Space.Fetched fetched,
            ReadOptions options,
            List<Entry> over) {
        Map<ShardEntry, KeySelection.Builder> byShard = new LinkedHashMap<>();
        for (ByteString key : keys) {
            Row row = Space.key(key);
            byShard.computeIfAbsent(now.shardOf(space.table(), row), ignored -> KeySelection.newBuilder())
                    .addKeys(RowCodec.encode(row));
        }
        List<ShardEntry> shards = List.copyOf(byShard.keySet());
        Map<GroupId, KeySelection> selections = new HashMap<>();
        byShard.forEach((shard, selection) -> selections.put(shard.group(), selection.build()));
        return ask(
                        now,
                        space,
                        shards,
                        options,
                        shard -> request(now, space, shard, fetched, options)
                                .setKeys(selections.getOrDefault(shard.group(), KeySelection.getDefaultInstance())))
                .thenApply(replies -> {
                    Map<ByteString, Entry> found = new HashMap<>();
                    for (int i = 0; i < replies.size(); i++) {
                        long millis = millis(shards.get(i), replies.get(i), options);
                        for (Entry entry : entries(replies.get(i), fetched)) {
                            if (entry.isOver(millis)) {
                                over.add(entry);
                            } else {
                                found.put(entry.key(), entry);
                            }
                        }
                    }
                    return new Several(found, indexes(shards, replies));
                });
    }

    /**
     * Reads a part of a range.
     *
     * @param mostBytes about how many bytes the entries may have
     */
    CompletableFuture<Ranged> range(
            String space, KeyScan scan, Space.Fetched fetched, ReadOptions options, long mostBytes) {
        return range(space, scan, fetched, options, mostBytes, 1);
    }

    private CompletableFuture<Ranged> range(
            String space, KeyScan scan, Space.Fetched fetched, ReadOptions options, long mostBytes, int round) {
        return reads.withTopology(options, now -> page(now, Space.of(now, space), scan, fetched, options, mostBytes))
                .thenCompose(found -> settled(
                        space,
                        found.merged().over(),
                        options,
                        found,
                        () -> again(round, () -> range(space, scan, fetched, options, mostBytes, round + 1))));
    }

    private CompletableFuture<Ranged> page(
            Topology now, Space space, KeyScan scan, Space.Fetched fetched, ReadOptions options, long mostBytes) {
        KeyRange range = scan.range();
        if (range == null) {
            KeyScan.Merged nothing = new KeyScan.Merged(List.of(), List.of(), null, false);
            return CompletableFuture.completedFuture(new Ranged(nothing, Map.of()));
        }
        RangeRead read =
                new RangeRead(now, space.table(), range, fetched.projection(space.table()), scan.limit(), options);
        List<ShardEntry> shards = read.shards();
        return ask(
                        now,
                        space,
                        shards,
                        options,
                        shard -> request(now, space, shard, fetched, options).setRange(range.toWire(scan.limit())))
                .thenApply(replies -> {
                    read.requireWhole(shards, replies);
                    List<KeyScan.ShardPage> pages = new ArrayList<>(replies.size());
                    for (int i = 0; i < replies.size(); i++) {
                        long millis = millis(shards.get(i), replies.get(i), options);
                        List<KeyScan.Judged> judged = entries(replies.get(i), fetched).stream()
                                .map(entry -> new KeyScan.Judged(entry, entry.isOver(millis)))
                                .toList();
                        pages.add(new KeyScan.ShardPage(judged, replies.get(i).getMore()));
                    }
                    return new Ranged(scan.merge(pages, mostBytes), indexes(shards, replies));
                });
    }

    private static Map<GroupId, Long> indexes(List<ShardEntry> shards, List<ReadReply> replies) {
        Map<GroupId, Long> indexes = new HashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            indexes.put(shards.get(i).group(), replies.get(i).getIndex());
        }
        return indexes;
    }

    /** Asks shards: for a strong read as they are at one common moment. */
    private CompletableFuture<List<ReadReply>> ask(
            Topology now,
            Space space,
            List<ShardEntry> shards,
            ReadOptions options,
            Function<ShardEntry, ReadRequest.Builder> requests) {
        long deadline = options.atMost(forwarder.readDeadline());
        boolean cut = options.level() == ReadLevel.STRONG && shards.size() > 1 && shards.size() <= MOST_SHARDS_OF_CUT;
        if (cut) {
            Pages pages = new Pages(forwarder, requests, options, deadline);
            return new Cut<>(
                            new Reads.CutOfShards<>(
                                    forwarder, now, shards, space.table().name(), deadline, pages),
                            shards.size())
                    .start();
        }
        List<CompletableFuture<ReadReply>> replies = new ArrayList<>(shards.size());
        for (ShardEntry shard : shards) {
            replies.add(forwarder.read(shard, requests.apply(shard).build(), options.place(), deadline));
        }
        return Reads.all(shards, replies);
    }

    /** One page of each shard. */
    private record Pages(
            Forwarder forwarder, Function<ShardEntry, ReadRequest.Builder> requests, ReadOptions options, long deadline)
            implements Reads.CutOfShards.Views<ReadReply> {
        @Override
        public CompletableFuture<CutView<ReadReply>> open(ShardEntry shard, @Nullable CutPart how) {
            ReadRequest.Builder request = requests.apply(shard);
            if (how != null) {
                request.setCut(how);
            }
            return forwarder
                    .read(shard, request.build(), options.place(), deadline)
                    .thenApply(reply -> new CutView<>(reply, reply.getIndex()));
        }

        @Override
        public void drop(ReadReply page) {
            // It is in memory alone.
        }
    }

    /**
     * Removes rows that have expired, each unless somebody has written it since.
     *
     * @return whether all of them were removed by this
     */
    CompletableFuture<Boolean> remove(String space, List<Entry> over) {
        return writes.run(null, () -> 1, now -> removal(now, Space.of(now, space), over))
                .thenApply(result -> {
                    DatabaseException error = result.gravest();
                    if (error != null) {
                        throw error;
                    }
                    return result.failed().isEmpty();
                });
    }

    private static WritePlan removal(Topology now, Space space, List<Entry> over) {
        WritePlan plan = new WritePlan(space.table());
        plan.eachAlone();
        for (Entry entry : over) {
            Row key = Space.key(entry.key());
            plan.add(
                    now.shardOf(space.table(), key),
                    RowOperation.newBuilder()
                            .setKind(OperationKind.DELETE)
                            .setKey(RowCodec.encode(key))
                            .addConditions(ChangeCodec.toWire(new Precondition.Unchanged(entry.version())))
                            .build());
        }
        return plan;
    }
}
