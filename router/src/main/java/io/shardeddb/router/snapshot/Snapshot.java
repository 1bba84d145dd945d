package io.shardeddb.router.snapshot;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The whole database at one moment. Transactions that began together share it; it is closed when the last of them gives
 * it up. Reads block, so they belong on virtual threads.
 */
public final class Snapshot implements SnapshotReads {
    /** So that an answer stays small. */
    private static final int KEYS_AT_ONCE = 256;

    private final Topology topology;
    private final Map<GroupId, ShardView> views;
    private final Duration readTimeout;
    private final Runnable closed;
    private int holders;

    /**
     * @param topology as of the moment
     * @param views of all its shards
     * @param holders how many share it
     * @param readTimeout how long one of its reads may take
     * @param closed is told when nobody needs it any more
     */
    Snapshot(Topology topology, Map<GroupId, ShardView> views, int holders, Duration readTimeout, Runnable closed) {
        this.topology = topology;
        this.views = Map.copyOf(views);
        this.holders = holders;
        this.readTimeout = readTimeout;
        this.closed = closed;
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public Map<Row, StoredRow> rows(TableDefinition table, List<Row> keys) {
        Map<ShardEntry, List<Row>> byShard = new LinkedHashMap<>();
        keys.forEach(key -> byShard.computeIfAbsent(shard(table, key), shard -> new ArrayList<>())
                .add(key));
        Map<Row, StoredRow> found = new HashMap<>();
        int most = byShard.values().stream().mapToInt(List::size).max().orElse(0);
        for (int first = 0; first < most; first += KEYS_AT_ONCE) {
            Map<ShardEntry, CompletableFuture<ReadReply>> asked = new LinkedHashMap<>();
            for (Map.Entry<ShardEntry, List<Row>> each : byShard.entrySet()) {
                List<Row> all = each.getValue();
                List<Row> some = all.subList(Math.min(first, all.size()), Math.min(first + KEYS_AT_ONCE, all.size()));
                if (!some.isEmpty()) {
                    asked.put(each.getKey(), ask(table, each.getKey(), some));
                }
            }
            asked.forEach((shard, answer) ->
                    decode(table, whole(shard, answer)).forEach(row -> found.put(table.keyOf(row.row()), row)));
        }
        return found;
    }

    private CompletableFuture<ReadReply> ask(TableDefinition table, ShardEntry shard, List<Row> keys) {
        KeySelection.Builder selection = KeySelection.newBuilder();
        keys.forEach(key -> selection.addKeys(RowCodec.encode(key)));
        return ask(shard, request(table, shard).setKeys(selection).build());
    }

    /**
     * One page of a range in one shard.
     *
     * @param rows how many are wanted, at most
     */
    Page page(TableDefinition table, ShardEntry shard, KeyRange range, int rows) {
        ReadReply reply = whole(
                shard,
                ask(shard, request(table, shard).setRange(range.toWire(rows)).build()));
        return new Page(decode(table, reply), reply.getMore());
    }

    @Override
    public Iterator<StoredRow> rows(TableDefinition table, ShardEntry shard, KeyRange range, int pageRows) {
        return new ShardRows(this, table, shard, range, pageRows);
    }

    /** @param more whether the range has rows after these */
    record Page(List<StoredRow> rows, boolean more) {}

    private CompletableFuture<ReadReply> ask(ShardEntry shard, ReadRequest request) {
        ShardView view = views.get(shard.group());
        return view == null
                ? CompletableFuture.failedFuture(new DatabaseException(
                        ErrorCode.TRANSACTION_LOST, "the snapshot has no view of shard " + shard.name()))
                : view.read(request).orTimeout(readTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private ReadRequest.Builder request(TableDefinition table, ShardEntry shard) {
        return ReadRequest.newBuilder()
                .setTable(table.name())
                .setSchemaVersion(topology.schema().version())
                .setSchemaHash(topology.schema().hash())
                .setEpoch(shard.epoch())
                .setWithTimestamps(true);
    }

    /** All shards together own every position. So an answer is whole if its shard owns what it is asked for. */
    private static ReadReply whole(ShardEntry shard, CompletableFuture<ReadReply> answer) {
        ReadReply reply;
        try {
            reply = answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new DatabaseException(
                        ErrorCode.TRANSACTION_LOST,
                        "the server that holds the view of shard " + shard.name() + " does not answer");
            }
            throw e.getCause() instanceof DatabaseException error ? error : e;
        }
        if (reply.hasError()) {
            DatabaseException error = DatabaseException.ofWire(reply.getError());
            throw switch (error.code()) {
                case SCHEMA_CHANGED, MOVED, NOT_INITIALISED ->
                    new DatabaseException(
                            ErrorCode.TRANSACTION_LOST, "tables or shards changed: " + error.text(), error.details());
                default -> error;
            };
        }
        if (!reply.hasInterval() || !Interval.ofWire(reply.getInterval()).equals(shard.interval())) {
            throw new DatabaseException(
                    ErrorCode.TRANSACTION_LOST, "shard " + shard.name() + " does not own " + shard.interval());
        }
        return reply;
    }

    private static List<StoredRow> decode(TableDefinition table, ReadReply reply) {
        List<StoredRow> rows = new ArrayList<>(reply.getRowsCount());
        int columns = table.columns().size();
        for (int i = 0; i < reply.getRowsCount(); i++) {
            ByteString row = reply.getRows(i);
            rows.add(new StoredRow(RowCodec.decode(row, columns), reply.getTimestamps(i)));
        }
        return rows;
    }

    /** One of those who share it needs it no more. */
    @Override
    public void giveUp() {
        synchronized (this) {
            holders--;
            if (holders != 0) {
                return;
            }
        }
        views.values().forEach(ShardView::close);
        closed.run();
    }
}
