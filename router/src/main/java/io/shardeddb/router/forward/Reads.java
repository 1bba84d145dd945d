package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.CutCheck;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.cut.Cut;
import io.shardeddb.router.cut.CutSteps;
import io.shardeddb.router.cut.CutView;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.RowMerge;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads of keys and ranges over any number of shards. */
@Singleton
public final class Reads {

    /** Rows that a range read asks of each shard before it is streamed. */
    static final int PAGE = 500;

    /** More shards than this are streamed at once, so that pages of all of them need not stand in memory. */
    static final int MAX_PAGED_SHARDS = 16;

    /** A read of more shards than this has a moment for each: views of all would have to be open at once. */
    static final int MOST_SHARDS_OF_CUT = 64;

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

    /** Runs a read with the present topology, and with newer ones while servers call it old and there is time. */
    public <T> CompletableFuture<T> withTopology(Function<Topology, CompletableFuture<T>> read) {
        return withTopology(topology.current(), read, forwarder.readDeadline());
    }

    /** The same within the time of the read's own reader. */
    public <T> CompletableFuture<T> withTopology(ReadOptions options, Function<Topology, CompletableFuture<T>> read) {
        return withTopology(topology.current(), read, options.atMost(forwarder.readDeadline()));
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
        ShardEntry shard = used.shardOf(table, key);
        ReadRequest request = base(used, table, shard, projection, options)
                .setKeys(KeySelection.newBuilder().addKeys(RowCodec.encode(key)))
                .setWithTimestamps(true)
                .build();
        int columns = projection.fetched().size();
        return forwarder
                .read(shard, request, options.place(), options.atMost(forwarder.readDeadline()))
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
        long deadline = read.options().atMost(forwarder.readDeadline());
        if (isCut(read, shards)) {
            return new Cut<>(
                            new CutOfShards<>(
                                    forwarder,
                                    read.topology(),
                                    shards,
                                    read.table().name(),
                                    deadline,
                                    new Pages(forwarder, read, asked, deadline)),
                            shards.size())
                    .start()
                    .thenApply(answers -> merge(read, shards, answers, asked));
        }
        List<CompletableFuture<ReadReply>> replies = new ArrayList<>(shards.size());
        for (ShardEntry shard : shards) {
            replies.add(forwarder.read(
                    shard, request(read, shard, asked), read.options().place(), deadline));
        }
        return all(shards, replies).thenApply(answers -> merge(read, shards, answers, asked));
    }

    /** Whether a read is to show one common moment of its shards. */
    public static boolean isCut(RangeRead read, List<ShardEntry> shards) {
        return read.options().level() == ReadLevel.STRONG && shards.size() > 1 && shards.size() <= MOST_SHARDS_OF_CUT;
    }

    /**
     * The shards of a cut.
     *
     * @param <V> what is read of one shard
     */
    public static final class CutOfShards<V> implements CutSteps<V> {
        private final Forwarder forwarder;
        private final Topology topology;
        private final List<ShardEntry> shards;
        private final String table;
        private final long deadline;
        private final Views<V> views;

        /** How views of the shards are opened, as {@link CutSteps} has it. */
        public interface Views<V> {
            CompletableFuture<CutView<V>> open(ShardEntry shard, @Nullable CutPart how);

            void drop(V view);
        }

        /**
         * Of some shards.
         *
         * @param table that the views show; empty: all
         * @param deadline by {@link System#nanoTime}
         */
        public CutOfShards(
                Forwarder forwarder,
                Topology topology,
                List<ShardEntry> shards,
                String table,
                long deadline,
                Views<V> views) {
            this.forwarder = forwarder;
            this.topology = topology;
            this.shards = shards;
            this.table = table;
            this.deadline = deadline;
            this.views = views;
        }

        private ShardEntry shard(int part) {
            return shards.get(part);
        }

        @Override
        public CompletableFuture<CutView<V>> open(int part, @Nullable CutPart how) {
            return views.open(shard(part), how);
        }

        @Override
        public void drop(V view) {
            views.drop(view);
        }

        @Override
        public CompletableFuture<CutReply> check(int part, long index, long gate) {
            CutCheck check = CutCheck.newBuilder()
                    .setGroup(shard(part).group().toWire())
                    .setTable(table)
                    .setAllTables(table.isEmpty())
                    .setIndex(index)
                    .setGate(gate)
                    .build();
            return forwarder.check(shard(part), check, deadline);
        }

        @Override
        public CompletableFuture<CutReply> decided(Participant decider, List<RequestId> attempts) {
            GroupId group = GroupId.ofWire(decider.getGroup());
            ShardEntry known = topology.shards().stream()
                    .filter(shard -> shard.group().equals(group))
                    .findFirst()
                    .orElseGet(() -> new ShardEntry(
                            group.toString(),
                            group,
                            Interval.ALL,
                            0,
                            decider.getAddressesList().stream()
                                    .map(address -> new Replica(address, address))
                                    .toList()));
            CutCheck question = CutCheck.newBuilder()
                    .setGroup(decider.getGroup())
                    .addAllAttempts(attempts)
                    .build();
            return forwarder.check(known, question, deadline);
        }

        @Override
        public boolean isFinal(Throwable failure) {
            RetryRule.Next after = RetryRule.after(Writes.error(failure).code());
            return after == RetryRule.Next.STOP || after == RetryRule.Next.PLAN_ANEW;
        }

        @Override
        public Throwable failure(Map<Integer, Throwable> failures) {
            List<FailureChoice.OfShard> told = new ArrayList<>();
            failures.forEach((part, failure) -> told.add(new FailureChoice.OfShard(
                    part < 0 ? "of a transaction" : shard(part).name(), Writes.error(failure))));
            return FailureChoice.ofShards(told);
        }

        @Override
        public Throwable timedOut() {
            return new DatabaseException(
                    ErrorCode.READ_TIMED_OUT,
                    "so much was written to " + (table.isEmpty() ? "the tables" : "table " + table)
                            + " that no common moment of " + (table.isEmpty() ? "the " : "its ") + shards.size()
                            + " shards could be read"
                            + (table.isEmpty() ? "" : "; read less, or with consistency=eventual"));
        }

        @Override
        public boolean hasTime() {
            return System.nanoTime() - deadline < 0;
        }

        @Override
        public void later(Runnable work, int longestMillis) {
            Runnable begin = () -> RangeStream.virtual().execute(work);
            try {
                forwarder.alarm(begin, ThreadLocalRandom.current().nextInt(1, longestMillis + 1));
            } catch (DatabaseException e) {
                // The router ends: what is asked now is told so.
                begin.run();
            }
        }

        @Override
        public long newGate() {
            return ThreadLocalRandom.current().nextLong() | 1;
        }
    }

    /** One page of each shard. */
    private record Pages(Forwarder forwarder, RangeRead read, int rows, long deadline)
            implements CutOfShards.Views<ReadReply> {
        @Override
        public CompletableFuture<CutView<ReadReply>> open(ShardEntry shard, @Nullable CutPart how) {
            ReadRequest.Builder page = request(read, shard, rows).toBuilder();
            if (how != null) {
                page.setCut(how);
            }
            return forwarder
                    .read(shard, page.build(), read.options().place(), deadline)
                    .thenApply(reply -> new CutView<>(reply, reply.getIndex()));
        }

        @Override
        public void drop(ReadReply page) {
            // It is in memory alone.
        }
    }

    private static Page merge(RangeRead read, List<ShardEntry> shards, List<ReadReply> answers, int asked) {
        read.requireWhole(shards, answers);
        boolean enough = answers.stream()
                .allMatch(answer -> !answer.getMore() || (read.limit() > 0 && answer.getRowsCount() >= asked));
        if (!enough) {
            return new Page(List.of(), false, false, Map.of());
        }
        List<Iterator<Row>> sources = new ArrayList<>(answers.size());
        answers.forEach(answer -> sources.add(decode(answer, read.projection()).iterator()));
        List<Row> rows = new ArrayList<>();
        Iterator<Row> merged = new RowMerge<>(sources, read.order());
        while (merged.hasNext() && (read.limit() == 0 || rows.size() < read.limit())) {
            rows.add(merged.next());
        }
        return new Page(rows, true, merged.hasNext(), indexes(shards, answers));
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
                .setDocumentFilter(read.filter())
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

    /** All answers, or the error that says most about why some are missing. */
    public static <T> CompletableFuture<List<T>> all(List<ShardEntry> shards, List<CompletableFuture<T>> parts) {
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
