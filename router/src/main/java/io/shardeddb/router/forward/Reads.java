package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.RowMerge;
import io.shardeddb.router.route.Tiling;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads of keys and ranges over any number of shards. */
@Singleton
public final class Reads {

    /** Rows that a range read asks of each shard before it is streamed. */
    static final int PAGE = 500;

    /** More shards than this are streamed at once, so that pages of all of them need not stand in memory. */
    static final int MAX_PAGED_SHARDS = 16;

    private final Forwarder forwarder;
    private final LatestTopology topology;

    Reads(Forwarder forwarder, LatestTopology topology) {
        this.forwarder = forwarder;
        this.topology = topology;
    }

    /**
     * Rows of a read.
     *
     * @param rows fetched columns, in key order
     * @param complete whether these are all rows that were asked for; when not, the range is to be streamed
     * @param more with a limit: whether there are rows beyond it
     * @param indexes what was seen, for the session token
     */
    public record Page(List<Row> rows, boolean complete, boolean more, Map<GroupId, Long> indexes) {}

    /**
     * Runs a read with the present topology, and with newer ones as long as a server says that it is old and the time
     * of a read is not over.
     *
     * @param <T> the result
     */
    public <T> CompletableFuture<T> withTopology(Function<Topology, CompletableFuture<T>> read) {
        return withTopology(topology.current(), read, forwarder.readDeadline());
    }

    private <T> CompletableFuture<T> withTopology(
            Topology used, Function<Topology, CompletableFuture<T>> read, long deadline) {
        CompletableFuture<T> result;
        try {
            Writes.requireInitialised(used, topology.known());
            result = read.apply(used);
        } catch (RuntimeException e) {
            result = CompletableFuture.failedFuture(e);
        }
        return result.exceptionallyCompose(failure -> {
            DatabaseException error = Writes.error(failure);
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (RetryRule.after(error.code()) != RetryRule.Next.PLAN_ANEW || !left.isPositive()) {
                return CompletableFuture.failedFuture(failure);
            }
            return topology.await(RetryRule.newer(used, error), left)
                    .exceptionallyCompose(ignored -> CompletableFuture.failedFuture(failure))
                    .thenCompose(next -> withTopology(next, read, deadline));
        });
    }

    /**
     * A read by key.
     *
     * @param row fetched columns; null when there is no row with this key
     * @param version of the row; 0 when there is none
     * @param indexes what was seen, for the session token
     */
    public record Found(@Nullable Row row, long version, Map<GroupId, Long> indexes) {}

    /** The row with a key. */
    public CompletableFuture<Found> row(
            Topology used, TableDefinition table, Row key, Projection projection, ReadOptions options) {
        ShardEntry shard = used.shardAt(used.schema().positionOfKey(table, key), table);
        ReadRequest request = base(used, table, shard, projection, options)
                .setKeys(KeySelection.newBuilder().addKeys(RowCodec.encode(key)))
                .setWithTimestamps(true)
                .build();
        int columns = projection.fetched().size();
        return forwarder
                .read(shard, request, options.place(), forwarder.readDeadline())
                .thenApply(answer -> new Found(
                        answer.getRowsCount() == 0 ? null : RowCodec.decode(answer.getRows(0), columns),
                        answer.getTimestampsCount() == 0 ? 0 : answer.getTimestamps(0),
                        Map.of(shard.group(), answer.getIndex())));
    }

    /** The rows of a range when they are few; otherwise a page that is not complete. */
    public CompletableFuture<Page> page(RangeRead read) {
        List<ShardEntry> shards = read.shards();
        if (shards.size() > MAX_PAGED_SHARDS || read.limit() >= PAGE) {
            return CompletableFuture.completedFuture(new Page(List.of(), false, false, Map.of()));
        }
        int asked = read.limit() == 0 ? PAGE : read.limit() + 1;
        long deadline = forwarder.readDeadline();
        List<CompletableFuture<ReadReply>> replies = new ArrayList<>(shards.size());
        for (ShardEntry shard : shards) {
            replies.add(forwarder.read(
                    shard, request(read, shard, asked), read.options().place(), deadline));
        }
        return all(shards, replies).thenApply(answers -> merge(read, shards, answers, asked));
    }

    private static Page merge(RangeRead read, List<ShardEntry> shards, List<ReadReply> answers, int asked) {
        requireWhole(read, shards, answers);
        boolean enough = answers.stream()
                .allMatch(answer -> !answer.getMore() || (read.limit() > 0 && answer.getRowsCount() >= asked));
        if (!enough) {
            return new Page(List.of(), false, false, Map.of());
        }
        List<Iterator<Row>> sources = new ArrayList<>(answers.size());
        answers.forEach(answer -> sources.add(decode(answer, read.projection()).iterator()));
        List<Row> rows = new ArrayList<>();
        Iterator<Row> merged = new RowMerge<>(sources, order(read));
        while (merged.hasNext() && (read.limit() == 0 || rows.size() < read.limit())) {
            rows.add(merged.next());
        }
        return new Page(rows, true, merged.hasNext(), indexes(shards, answers));
    }

    /**
     * The rows of several shards are the range only if these shards own, in the views that answered, all that was asked
     * for.
     */
    private static void requireWhole(RangeRead read, List<ShardEntry> shards, List<ReadReply> answers) {
        List<Tiling.Answered> answered = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            answered.add(RangeStart.answered(shards.get(i).group(), answers.get(i)));
        }
        read.tiling().requireWhole(answered);
    }

    /** The order of fetched rows in the range's direction. */
    static Comparator<Row> order(RangeRead read) {
        Comparator<Row> ascending = (left, right) -> read.table()
                .compareKeys(read.projection().keyOf(left), read.projection().keyOf(right));
        return read.range().descending() ? ascending.reversed() : ascending;
    }

    /**
     * The rows of a range, however many, read as they are taken. Blocks, so it belongs on a virtual thread. Returns
     * when every shard has shown that it can answer: what fails until then is an error with its reason.
     *
     * @throws DatabaseException when a shard cannot, in the time of a read
     */
    public RangeStream stream(RangeRead read) {
        return RangeStream.open(forwarder, topology, read);
    }

    static ReadRequest request(RangeRead read, ShardEntry shard, int limit) {
        return base(read.topology(), read.table(), shard, read.projection(), read.options())
                .setRange(read.range().toWire(limit))
                .build();
    }

    private static ReadRequest.Builder base(
            Topology used, TableDefinition table, ShardEntry shard, Projection projection, ReadOptions options) {
        ReadRequest.Builder request = options.request(used, shard).setTable(table.name());
        if (!projection.whole(table)) {
            request.addAllColumns(projection.fetched());
        }
        return request;
    }

    private static List<Row> decode(ReadReply answer, Projection projection) {
        List<Row> rows = new ArrayList<>(answer.getRowsCount());
        for (ByteString row : answer.getRowsList()) {
            rows.add(RowCodec.decode(row, projection.fetched().size()));
        }
        return rows;
    }

    private static Map<GroupId, Long> indexes(List<ShardEntry> shards, List<ReadReply> answers) {
        Map<GroupId, Long> indexes = new HashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            indexes.put(shards.get(i).group(), answers.get(i).getIndex());
        }
        return indexes;
    }

    private static <T> CompletableFuture<List<T>> all(List<ShardEntry> shards, List<CompletableFuture<T>> parts) {
        if (parts.size() == 1) {
            return parts.getFirst().thenApply(List::of);
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).handle((ignored, failure) -> {
            if (failure != null) {
                throw FailureChoice.ofShards(failures(shards, parts));
            }
            return parts.stream().map(CompletableFuture::join).toList();
        });
    }

    private static <T> List<FailureChoice.OfShard> failures(List<ShardEntry> shards, List<CompletableFuture<T>> parts) {
        List<FailureChoice.OfShard> failures = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).isCompletedExceptionally()) {
                failures.add(new FailureChoice.OfShard(
                        shards.get(i).name(), Writes.error(parts.get(i).exceptionNow())));
            }
        }
        return failures;
    }
}
