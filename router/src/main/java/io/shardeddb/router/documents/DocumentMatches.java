package io.shardeddb.router.documents;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.route.KeyRange;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The documents of a collection that a filter means, in the order of their keys, read as they are taken. Blocks; of one
 * thread.
 */
public final class DocumentMatches implements Iterator<DocumentMatches.Match>, AutoCloseable {

    /**
     * A document that is meant.
     *
     * @param key of its row
     * @param bytes of its text, about
     */
    public record Match(Row key, ObjectValue document, int bytes) {}

    private final ShardSource source;
    private final Filter filter;
    private final Iterator<Match> found;
    private final ShardSource.@Nullable Rows rows;
    private @Nullable Match next;

    private DocumentMatches(ShardSource source, Filter filter, Iterator<Match> found, ShardSource.@Nullable Rows rows) {
        this.source = source;
        this.filter = filter;
        this.found = found;
        this.rows = rows;
    }

    /**
     * Begins.
     *
     * @param descending from the greatest key down
     * @param after key behind which it goes on; null: from the beginning
     */
    static DocumentMatches open(
            ShardSource source, DocumentCollection collection, Filter filter, boolean descending, @Nullable Row after) {
        return switch (Selection.of(collection, filter)) {
            case Selection.Keys(List<Row> keys) -> {
                List<Row> ordered = descending ? keys.reversed() : keys;
                Iterator<Match> found = ordered.stream()
                        .filter(key -> after == null || isBehind(collection, key, after, descending))
                        .map(key -> source.find(collection, key))
                        .filter(stored -> stored != null)
                        .map(stored -> new Match(
                                stored.key(),
                                stored.document(),
                                stored.document().sizeInBytes()))
                        .iterator();
                yield new DocumentMatches(source, filter, found, null);
            }
            case Selection.Range(KeyRange all) -> {
                KeyRange range = new KeyRange(all.from(), all.fromExclusive(), all.to(), all.toExclusive(), descending);
                ShardSource.Rows rows = source.scan(collection, after == null ? range : range.after(after), filter);
                yield new DocumentMatches(source, filter, matches(collection, rows), rows);
            }
        };
    }

    private static boolean isBehind(DocumentCollection collection, Row key, Row after, boolean descending) {
        int order = collection.table().compareKeys(key, after);
        return descending ? order < 0 : order > 0;
    }

    private static Iterator<Match> matches(DocumentCollection collection, Iterator<Row> rows) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Match next() {
                Row row = rows.next();
                return new Match(
                        collection.table().keyOf(row), DocumentCollection.document(row), DocumentCollection.size(row));
            }
        };
    }

    @Override
    public boolean hasNext() {
        while (next == null && found.hasNext()) {
            Match candidate = found.next();
            if (filter.matches(candidate.document())) {
                next = candidate;
            }
        }
        return next != null;
    }

    @Override
    public Match next() {
        Match given = hasNext() ? next : null;
        if (given == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return given;
    }

    /** After the last one: whether a server was lost, and the rest is of a later moment than the others. */
    public boolean severalMoments() {
        return rows != null && rows.leftCut();
    }

    /** What the client has seen by now. */
    public SessionToken session() {
        return source.seen();
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
