package io.shardeddb.router.documents;

import com.google.protobuf.ByteString;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.pipeline.DocumentSink;
import io.shardeddb.documents.pipeline.Pipeline;
import io.shardeddb.documents.sort.DocumentSorter;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.ValueOrder;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.documents.cursor.FindCursor;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.topology.LatestTopology;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds, counts and changes documents by filters. Blocks, so it belongs on virtual threads. */
@Singleton
public final class DocumentQueries {

    /** Bytes of the documents of one page, about; a page has one document at least. */
    static final long MOST_BYTES = 4L << 20;

    /** Bytes of the values of a distinct, about. */
    static final long MOST_DISTINCT_BYTES = 64L << 20;

    /** Bytes of all documents that a pipeline gives, about. */
    static final long MOST_RESULT_BYTES = 16L << 20;

    private final Reads reads;
    private final LatestTopology topology;
    private final DocumentChanges changes;

    DocumentQueries(Reads reads, LatestTopology topology, DocumentChanges changes) {
        this.reads = reads;
        this.topology = topology;
        this.changes = changes;
    }

    /** The collection whose documents are asked for. @throws DatabaseException COLLECTION_NOT_FOUND */
    public DocumentCollection collection(String name) {
        return DocumentCollection.of(topology.current(), name);
    }

    /**
     * Documents in the order of their keys.
     *
     * @param filter which documents are meant
     * @param request its text and the order's: a cursor holds for the same request alone
     * @param descending from the greatest key down
     * @param skip so many are left out first
     * @param limit so many are given at most; 0: all
     * @param cursor where it goes on; null: at the beginning
     */
    public record Find(
            Filter filter,
            String request,
            boolean descending,
            long skip,
            long limit,
            @Nullable String cursor) {}

    /**
     * Some documents.
     *
     * @param cursor where it goes on; null: there are no more
     */
    public record Page(
            List<ObjectValue> documents, @Nullable String cursor, boolean severalMoments, SessionToken session) {}

    /** The next documents of a find: at most its limit, and about 4 MiB. */
    public Page page(String name, Find find, DocumentCaller caller) {
        ShardSource source = new ShardSource(reads, caller.reads());
        List<ObjectValue> documents = new ArrayList<>();
        try (DocumentMatches matches = open(source, name, find)) {
            Row last = null;
            long bytes = 0;
            while (matches.hasNext()) {
                if ((find.limit() > 0 && documents.size() >= find.limit()) || bytes >= MOST_BYTES) {
                    break;
                }
                DocumentMatches.Match match = matches.next();
                bytes += match.bytes();
                last = match.key();
                documents.add(match.document());
            }
            boolean more = last != null && matches.hasNext();
            return new Page(
                    documents,
                    more && last != null ? cursor(name, find, last) : null,
                    matches.severalMoments(),
                    source.seen());
        }
    }

    /** The cursor of a find that goes on behind a key. */
    public static String cursor(String name, Find find, Row last) {
        return FindCursor.text(
                name + "\n" + find.request(), RowCodec.encode(last).toByteArray());
    }

    /** All documents of a find, one after the other, whatever its limit is; what follows a cursor, as {@link #page}. */
    public DocumentMatches stream(String name, Find find, DocumentCaller caller) {
        return open(new ShardSource(reads, caller.reads()), name, find);
    }

    private DocumentMatches open(ShardSource source, String name, Find find) {
        DocumentCollection collection = collection(name);
        String cursor = find.cursor();
        Row after = cursor == null ? null : key(collection, FindCursor.place(name + "\n" + find.request(), cursor));
        DocumentMatches matches = DocumentMatches.open(source, collection, find.filter(), find.descending(), after);
        for (long skipped = 0; cursor == null && skipped < find.skip() && matches.hasNext(); skipped++) {
            matches.next();
        }
        return matches;
    }

    private static Row key(DocumentCollection collection, byte[] place) {
        try {
            return RowCodec.decode(
                    ByteString.copyFrom(place), collection.table().keySize());
        } catch (IllegalArgumentException e) {
            throw FindCursor.invalid();
        }
    }

    /** How many documents are meant. */
    public long count(String name, Filter filter, DocumentCaller caller) {
        ShardSource source = new ShardSource(reads, caller.reads());
        DocumentCollection collection = collection(name);
        long count = 0;
        if (filter.equals(Filter.everything())) {
            try (ShardSource.Rows keys = source.keys(collection)) {
                for (; keys.hasNext(); count++) {
                    keys.next();
                }
            }
            return count;
        }
        try (DocumentMatches matches = DocumentMatches.open(source, collection, filter, false, null)) {
            for (; matches.hasNext(); count++) {
                matches.next();
            }
        }
        return count;
    }

    /**
     * The different values at a path, in their order. Of an array its elements count.
     *
     * @throws DatabaseException TOO_LARGE when they are more than 64 MiB
     */
    public List<DocumentValue> distinct(String name, DocumentPath path, Filter filter, DocumentCaller caller) {
        ShardSource source = new ShardSource(reads, caller.reads());
        TreeSet<DocumentValue> values = new TreeSet<>(ValueOrder.COMPARATOR);
        long bytes = 0;
        try (DocumentMatches matches = DocumentMatches.open(source, collection(name), filter, false, null)) {
            while (matches.hasNext()) {
                for (DocumentPath.Branch branch : path.branches(matches.next().document())) {
                    for (DocumentValue value : counted(branch)) {
                        bytes += values.add(value) ? value.sizeInBytes() : 0;
                    }
                }
                if (bytes > MOST_DISTINCT_BYTES) {
                    throw new DatabaseException(
                            ErrorCode.TOO_LARGE,
                            "the different values have more than " + MOST_DISTINCT_BYTES + " bytes",
                            Map.of("path", path.text()));
                }
            }
        }
        return List.copyOf(values);
    }

    private static List<DocumentValue> counted(DocumentPath.Branch branch) {
        return switch (branch.value()) {
            case null -> List.of();
            case ArrayValue(List<DocumentValue> elements) when branch.mayLookInside() -> elements;
            case DocumentValue value -> List.of(value);
        };
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
    public Page page(String name, Sorted find, DocumentCaller caller) {
        return sorted(name, find, caller, MOST_BYTES);
    }

    /** All documents of an order within the limit, however many bytes they have; else as {@link #page}. */
    public Page whole(String name, Sorted find, DocumentCaller caller) {
        return sorted(name, find, caller, Long.MAX_VALUE);
    }

    private Page sorted(String name, Sorted find, DocumentCaller caller, long mostBytes) {
        long from = find.cursor() == null ? find.skip() : given(name, find);
        long last = from + find.limit() + 1;
        DocumentSorter sorter = new DocumentSorter(
                find.order(), last < 0 ? Long.MAX_VALUE : last, new MemoryBudget(MemoryBudget.OF_A_REQUEST));
        ShardSource source = new ShardSource(reads, caller.reads());
        boolean severalMoments;
        try (DocumentMatches matches = DocumentMatches.open(source, collection(name), find.filter(), false, null)) {
            while (matches.hasNext()) {
                sorter.add(matches.next().document());
            }
            severalMoments = matches.severalMoments();
        }
        List<ObjectValue> sorted = sorter.sorted();
        int begin = (int) Math.min(from, sorted.size());
        int end = begin;
        long bytes = 0;
        while (end < sorted.size() && end - begin < find.limit() && bytes < mostBytes) {
            bytes += sorted.get(end++).sizeInBytes();
        }
        String cursor = end < sorted.size()
                ? FindCursor.text(
                        name + "\n" + find.request(),
                        ByteBuffer.allocate(Long.BYTES)
                                .putLong(from + (end - begin))
                                .array())
                : null;
        return new Page(new ArrayList<>(sorted.subList(begin, end)), cursor, severalMoments, source.seen());
    }

    private static long given(String name, Sorted find) {
        byte[] place = FindCursor.place(name + "\n" + find.request(), String.valueOf(find.cursor()));
        long given = place.length == Long.BYTES ? ByteBuffer.wrap(place).getLong() : -1;
        if (given < 0) {
            throw FindCursor.invalid();
        }
        return given;
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
        try (DocumentMatches matches = DocumentMatches.open(source, collection(name), pipeline.filter(), false, null)) {
            boolean wanted = true;
            while (wanted && matches.hasNext()) {
                wanted = first.accept(matches.next().document());
            }
            first.end();
            return new Piped(documents, matches.severalMoments(), source.seen());
        }
    }

    /** Changes the first document that is meant, or inserts one where none is. */
    public DocumentChange.Result changeFirst(String name, DocumentChange change, DocumentCaller caller) {
        return changes.first(name, change, caller);
    }

    /**
     * Changes all documents that are meant, each as a whole, one after the other. What was done before a failure stays
     * done; the error's detail {@code modified} says how many.
     */
    public DocumentChange.Result changeAll(String name, DocumentChange change, DocumentCaller caller) {
        ShardSource source = new ShardSource(reads, caller.strong());
        RequestId request = caller.id();
        long matched = 0;
        long modified = 0;
        long timestamp = 0;
        SessionToken session = caller.session();
        try (DocumentMatches matches = DocumentMatches.open(source, collection(name), change.filter(), false, null)) {
            while (matches.hasNext()) {
                Row key = matches.next().key();
                DocumentChange.Result one = changes.ofKey(
                        name, change, caller, key, request == null ? null : AttemptIds.ofDocument(request, key));
                matched += one.matched();
                modified += one.modified();
                timestamp = Math.max(timestamp, one.timestamp());
                session = one.session();
            }
        } catch (DatabaseException e) {
            throw modified == 0 ? e : e.with("modified", Long.toString(modified));
        }
        if (matched == 0 && change.insertion() != null) {
            return changes.first(name, change, caller);
        }
        return new DocumentChange.Result(matched, modified, null, timestamp, null, null, false, session);
    }
}
