package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.router.cut.Cut;
import io.shardeddb.router.cut.CutView;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.RowMerge;
import io.shardeddb.router.route.Tiling;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a range in key order, from all its shards in parallel. Memory is bounded by a few chunks of each open
 * scan: where rows come shard after shard a few scans run ahead; where they interleave, one of each shard is open.
 */
public final class RangeStream implements Iterator<Row>, AutoCloseable {

    /** Scans that run ahead of the one being given out. */
    private static final int AHEAD = 4;

    private static final Executor VIRTUAL =
            task -> Thread.ofVirtual().name("scan").start(task);

    private final Forwarder forwarder;
    private final RangeRead read;
    private final Tiling tiling;
    private final StreamTables tables;
    private final Deque<ShardEntry> waiting;
    private final Deque<Opening> opened = new ArrayDeque<>();
    private final List<CompletableFuture<ShardScan>> all = new ArrayList<>();
    private Iterator<Row> rows = Collections.emptyIterator();
    private long given;

    /** A scan that is being opened. */
    private record Opening(ShardEntry shard, CompletableFuture<ShardScan> scan) {
        ShardScan await() {
            try {
                return scan.join();
            } catch (CompletionException e) {
                throw Writes.error(e);
            }
        }
    }

    private RangeStream(Forwarder forwarder, LatestTopology topology, RangeRead read) {
        this.forwarder = forwarder;
        this.read = read;
        this.tiling = read.tiling();
        this.tables = new StreamTables(topology, read);
        this.waiting = new ArrayDeque<>(read.shards());
    }

    /**
     * Begins. Returns when every shard has shown that it can answer, and for the positions that are asked of it. From
     * then on it goes on in newer tables that can give what was asked for, in the shape that it began in.
     *
     * @throws DatabaseException when one does not within the time that a read may wait
     */
    static RangeStream open(Forwarder forwarder, LatestTopology topology, RangeRead read) {
        RangeStream stream = new RangeStream(forwarder, topology, read);
        long deadline = read.options().atMost(forwarder.readDeadline());
        try {
            boolean inOrder = KeyRange.inShardOrder(read.topology(), read.table());
            if (Reads.isCut(read, List.copyOf(stream.waiting))) {
                stream.cut(deadline);
            }
            if (inOrder) {
                stream.begin(deadline);
            } else {
                stream.merge(deadline);
            }
            stream.tables.begun();
            return stream;
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /**
     * Opens the scans of all shards at one common moment, and waits for their first rows. Nothing has been given out
     * yet, so a view that is lost until then makes it begin again.
     */
    private void cut(long deadline) {
        atOneMoment(deadline);
        while (leftCut() && System.nanoTime() - deadline < 0) {
            close();
            all.clear();
            opened.clear();
            atOneMoment(deadline);
        }
        waiting.clear();
    }

    private void atOneMoment(long deadline) {
        try {
            List<ShardScan> scans = scans(deadline).start().join();
            for (ShardScan scan : scans) {
                CompletableFuture<ShardScan> open = CompletableFuture.completedFuture(scan);
                all.add(open);
                opened.add(new Opening(scan.shard(), open));
            }
            List<CompletableFuture<Void>> rows = new ArrayList<>();
            for (ShardScan scan : scans) {
                scan.checked();
                // A filter may find its first row late, and the answer begins before.
                if (read.filter().isEmpty()) {
                    rows.add(CompletableFuture.runAsync(() -> scan.awaitRows(deadline), VIRTUAL));
                }
            }
            CompletableFuture.allOf(rows.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw Writes.error(e);
        }
    }

    /** The scans of a cut. */
    private final class Scans implements Reads.CutOfShards.Views<ShardScan> {
        private final long deadline;

        Scans(long deadline) {
            this.deadline = deadline;
        }

        @Override
        public CompletableFuture<CutView<ShardScan>> open(ShardEntry shard, @Nullable CutPart how) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        ShardScan scan = ShardScan.open(forwarder, tables, tiling, shard, limit(), how, deadline);
                        return new CutView<>(scan, scan.shown());
                    },
                    VIRTUAL);
        }

        @Override
        public void drop(ShardScan scan) {
            scan.close();
        }
    }

    private Cut<ShardScan> scans(long deadline) {
        return new Cut<>(
                new Reads.CutOfShards<>(
                        forwarder, read.topology(), read.shards(), read.table().name(), deadline, new Scans(deadline)),
                read.shards().size());
    }

    private void begin(long deadline) {
        openAhead(deadline);
        prove(List.copyOf(waiting), deadline);
        nextShard();
    }

    private void merge(long deadline) {
        while (!waiting.isEmpty()) {
            openOne(deadline);
        }
        List<ShardScan> scans = prove(List.of(), deadline);
        opened.clear();
        List<Iterator<Row>> sources = new ArrayList<>(scans.size());
        scans.forEach(scan -> sources.add(decoded(scan)));
        rows = new RowMerge<>(sources, read.order());
    }

    /**
     * Waits until the shards of the scans that are being opened, and the other ones, have shown that they can answer.
     * Returns the scans. One of a server of an older version proves itself at its end alone; until then a probe stands
     * for it.
     */
    private List<ShardScan> prove(List<ShardEntry> others, long deadline) {
        RangeStart start = new RangeStart(forwarder, read, tiling, deadline);
        opened.forEach(opening -> start.expect(opening.shard(), opening.scan()));
        start.probe(others);
        List<ShardScan> scans = opened.stream().map(Opening::await).toList();
        start.probe(scans.stream()
                .filter(scan -> !scan.proven())
                .map(ShardScan::shard)
                .toList());
        return scans;
    }

    private void openAhead(long deadline) {
        while (!waiting.isEmpty() && opened.size() < AHEAD) {
            openOne(deadline);
        }
    }

    private void openOne(long deadline) {
        ShardEntry shard = waiting.removeFirst();
        CompletableFuture<ShardScan> scan = CompletableFuture.supplyAsync(
                () -> ShardScan.open(forwarder, tables, tiling, shard, limit(), null, deadline), VIRTUAL);
        opened.add(new Opening(shard, scan));
        all.add(scan);
    }

    /** One more than wanted tells whether there are more. */
    private int limit() {
        return read.limit() == 0 ? 0 : read.limit() + 1;
    }

    private void nextShard() {
        while (!rows.hasNext() && !opened.isEmpty()) {
            ShardScan scan = opened.removeFirst().await();
            rows = decoded(scan);
            openAhead(forwarder.readDeadline());
        }
    }

    private Iterator<Row> decoded(Iterator<ByteString> source) {
        int size = read.projection().fetched().size();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Row next() {
                return RowCodec.decode(source.next(), size);
            }
        };
    }

    /** Whether there is another row within the limit. */
    @Override
    public boolean hasNext() {
        return !reachedLimit() && available();
    }

    private boolean available() {
        if (!rows.hasNext()) {
            nextShard();
        }
        return rows.hasNext();
    }

    private boolean reachedLimit() {
        return read.limit() > 0 && given >= read.limit();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        given++;
        return rows.next();
    }

    /** After the last row within the limit: whether there are rows beyond it. */
    public boolean more() {
        return reachedLimit() && available();
    }

    /**
     * After the last row: whether a server that gave rows was lost, and the rest of its rows were read at a later
     * moment than the others.
     */
    public boolean leftCut() {
        return all.stream()
                .anyMatch(scan -> scan.isDone()
                        && !scan.isCompletedExceptionally()
                        && scan.join().leftCut());
    }

    @Override
    public void close() {
        for (CompletableFuture<ShardScan> scan : all) {
            var _ = scan.whenComplete((opening, failure) -> {
                if (opening != null) {
                    opening.close();
                }
            });
        }
    }

    /** Runs a task on a virtual thread of its own. */
    public static Executor virtual() {
        return VIRTUAL;
    }
}
