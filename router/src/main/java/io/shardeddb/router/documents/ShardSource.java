package io.shardeddb.router.documents;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.NarrowingText;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.failure.Waiting;
import io.shardeddb.router.forward.RangeRead;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.Topology;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads documents from their shards, as fresh as the caller asks. Of one request. */
final class ShardSource {

    /** Rows in key order, read as they are taken. */
    interface Rows extends Iterator<Row>, AutoCloseable {

        /** After the last row: whether a server was lost, and the rest is of a later moment. */
        boolean leftCut();

        @Override
        void close();
    }

    private final Reads reads;
    private final ReadOptions options;
    private final Waiting waiting = Waiting.now();
    private SessionToken seen;

    ShardSource(Reads reads, ReadOptions options) {
        this.reads = reads;
        this.options = options;
        seen = options.session();
    }

    /** What the client has seen by now. */
    SessionToken seen() {
        return seen;
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw Writes.error(e);
        }
    }

    /** The document of a key; absent when there is none. */
    @Nullable
    StoredDocument find(DocumentCollection collection, Row key) {
        Reads.Found found = join(reads.withTopology(options, now -> {
            DocumentCollection present = DocumentCollection.of(now, collection.name());
            return reads.row(now, present.table(), key, Projection.all(present.table()), options);
        }));
        seen = seen.with(found.indexes());
        Row row = found.row();
        return row == null ? null : new StoredDocument(key, DocumentCollection.document(row), found.version());
    }

    /**
     * All keys of a collection.
     */
    Rows keys(DocumentCollection collection) {
        return join(reads.withTopology(
                options, now -> scan(now, collection, KeyRange.ALL, table -> Projection.of(table, List.of()), "")));
    }

    /**
     * Whole rows of a range.
     *
     * @param filter shards leave out what does not match it, as far as they can; the reader decides on what comes
     */
    Rows scan(DocumentCollection collection, KeyRange range, Filter filter) {
        String narrowing = NarrowingText.of(filter);
        return join(reads.withTopology(options, now -> scan(now, collection, range, Projection::all, narrowing)));
    }

    private CompletableFuture<Rows> scan(
            Topology now,
            DocumentCollection collection,
            KeyRange range,
            Function<TableDefinition, Projection> columns,
            String narrowing) {
        DocumentCollection present = DocumentCollection.of(now, collection.name());
        Projection projection = columns.apply(present.table());
        RangeRead read = new RangeRead(now, present.table(), range, projection, 0, options).narrowed(narrowing);
        return reads.page(read)
                .thenCompose(page -> page.complete()
                        ? CompletableFuture.completedFuture(new Page(page.rows().iterator()))
                        : CompletableFuture.supplyAsync(
                                () -> new Streamed(reads.stream(read), waiting), RangeStream.virtual()));
    }

    private record Page(Iterator<Row> rows) implements Rows {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Row next() {
            return rows.next();
        }

        @Override
        public boolean leftCut() {
            return false;
        }

        @Override
        public void close() {
            // It is in memory.
        }
    }

    private record Streamed(RangeStream stream, Waiting waiting) implements Rows {
        @Override
        public boolean hasNext() {
            waiting.require();
            return stream.hasNext();
        }

        @Override
        public Row next() {
            return stream.next();
        }

        @Override
        public boolean leftCut() {
            return stream.leftCut();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
