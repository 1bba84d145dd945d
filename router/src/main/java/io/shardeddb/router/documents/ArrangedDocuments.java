package io.shardeddb.router.documents;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.pipeline.DocumentSink;
import io.shardeddb.documents.pipeline.Pipeline;
import io.shardeddb.documents.sort.DocumentSorter;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.documents.cursor.FindCursor;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.topology.LatestTopology;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Documents in an order of their own, and what pipelines make of them. All that is kept meanwhile is bounded. Blocks, so
 * it belongs on virtual threads.
 */
@Singleton
public final class ArrangedDocuments {

    /** Bytes of all documents that a pipeline gives, about. */
    static final long MOST_RESULT_BYTES = 16L << 20;

    private final Reads reads;
    private final LatestTopology topology;

    ArrangedDocuments(Reads reads, LatestTopology topology) {
        this.reads = reads;
        this.topology = topology;
    }

    /**
     * Documents in an order.
     *
     * @param filter which documents are meant
     * @param request text of what must be the same where a cursor goes on
     * @param skip so many are left out first
     * @param limit so many are given at most, from 1
     * @param cursor where it goes on; null: at the beginning
     */
    public record Sorted(
            Filter filter,
            String request,
            SortOrder order,
            long skip,
            int limit,
            @Nullable String cursor) {}

    /**
     * The next documents of an order. A cursor holds how many were given: documents that come or go before that place
     * meanwhile move the others.
     *
     * @throws DatabaseException TOO_LARGE when those that must be kept need more than 64 MiB of memory
     */
    public DocumentQueries.Page page(String name, Sorted find, DocumentCaller caller) {
        long from = find.cursor() == null ? find.skip() : given(name, find);
        long last = from + find.limit() + 1;
        DocumentSorter sorter = new DocumentSorter(
                find.order(), last < 0 ? Long.MAX_VALUE : last, new MemoryBudget(MemoryBudget.OF_A_REQUEST));
        ShardSource source = new ShardSource(reads, caller.reads());
        boolean severalMoments;
        try (DocumentMatches matches = open(source, name, find.filter())) {
            while (matches.hasNext()) {
                sorter.add(matches.next().document());
            }
            severalMoments = matches.severalMoments();
        }
        List<ObjectValue> sorted = sorter.sorted();
        int begin = (int) Math.min(from, sorted.size());
        int end = begin;
        long bytes = 0;
        while (end < sorted.size() && end - begin < find.limit() && bytes < DocumentQueries.MOST_BYTES) {
            bytes += sorted.get(end++).sizeInBytes();
        }
        String cursor = end < sorted.size()
                ? FindCursor.text(
                        name + "\n" + find.request(),
                        ByteBuffer.allocate(Long.BYTES)
                                .putLong(from + (end - begin))
                                .array())
                : null;
        return new DocumentQueries.Page(
                new ArrayList<>(sorted.subList(begin, end)), cursor, severalMoments, source.seen());
    }

    private static long given(String name, Sorted find) {
        byte[] place = FindCursor.place(name + "\n" + find.request(), String.valueOf(find.cursor()));
        long given = place.length == Long.BYTES ? ByteBuffer.wrap(place).getLong() : -1;
        if (given < 0) {
            throw FindCursor.invalid(null);
        }
        return given;
    }

    private DocumentMatches open(ShardSource source, String name, Filter filter) {
        return DocumentMatches.open(source, DocumentCollection.of(topology.current(), name), filter, false, null);
    }

    /**
     * What a pipeline gives.
     *
     * @param session what the client has seen
     */
    public record Piped(List<ObjectValue> documents, boolean severalMoments, SessionToken session) {}

    /**
     * What a pipeline makes of the documents of a collection.
     *
     * @throws DatabaseException TOO_LARGE when its sorts and groups need more than 64 MiB of memory, or its documents
     *     have more than 16 MiB
     */
    public Piped pipe(String name, Pipeline pipeline, DocumentCaller caller) {
        List<ObjectValue> documents = new ArrayList<>();
        DocumentSink end = new DocumentSink() {
            private long bytes;

            @Override
            public boolean accept(ObjectValue document) {
                bytes += document.sizeInBytes();
                if (bytes > MOST_RESULT_BYTES) {
                    throw new DatabaseException(
                            ErrorCode.TOO_LARGE,
                            "the pipeline gives more than " + MOST_RESULT_BYTES + " bytes; end it with a $limit",
                            Map.of("bound", Long.toString(MOST_RESULT_BYTES)));
                }
                return documents.add(document);
            }

            @Override
            public void end() {
                // Everything was kept as it came.
            }
        };
        DocumentSink first = pipeline.into(end, new MemoryBudget(MemoryBudget.OF_A_REQUEST));
        ShardSource source = new ShardSource(reads, caller.reads());
        try (DocumentMatches matches = open(source, name, pipeline.filter())) {
            boolean wanted = true;
            while (wanted && matches.hasNext()) {
                wanted = first.accept(matches.next().document());
            }
            first.end();
            return new Piped(documents, matches.severalMoments(), source.seen());
        }
    }

    /** The collection whose documents are asked for. @throws DatabaseException COLLECTION_NOT_FOUND */
    public DocumentCollection collection(String name) {
        return DocumentCollection.of(topology.current(), name);
    }
}
