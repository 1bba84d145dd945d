package io.shardeddb.router.documents.request;

import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.documents.DocumentMatches;
import io.shardeddb.router.documents.DocumentQueries;
import io.shardeddb.router.forward.SessionToken;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** All documents of a find within its limit, read as they are taken. Blocks; of one thread. */
public final class FoundDocuments implements Iterator<ObjectValue>, AutoCloseable {

    private final Source source;
    private final UnaryOperator<ObjectValue> shape;

    private FoundDocuments(Source source, UnaryOperator<ObjectValue> shape) {
        this.source = source;
        this.shape = shape;
    }

    /**
     * What is known after the last document.
     *
     * @param cursor leads on to documents beyond the limit; absent: there are none
     * @param severalMoments whether a server was lost, and the rest is of a later moment than the others
     * @param session what the client has seen
     */
    public record End(@Nullable String cursor, boolean severalMoments, SessionToken session) {}

    private interface Source extends Iterator<ObjectValue> {

        End end();

        void close();
    }

    /** Documents in the order of their keys, from their shards. */
    static FoundDocuments byKey(
            String collection, DocumentQueries.Find find, DocumentMatches matches, UnaryOperator<ObjectValue> shape) {
        return new FoundDocuments(new ByKey(collection, find, matches), shape);
    }

    /** Documents that are in memory. */
    static FoundDocuments of(DocumentQueries.Page page, UnaryOperator<ObjectValue> shape) {
        End end = new End(page.cursor(), page.severalMoments(), page.session());
        return new FoundDocuments(new InMemory(page.documents().iterator(), end), shape);
    }

    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    @Override
    public ObjectValue next() {
        return shape.apply(source.next());
    }

    /** What is known after the last document. */
    public End end() {
        return source.end();
    }

    @Override
    public void close() {
        source.close();
    }

    private static final class ByKey implements Source {
        private final String collection;
        private final DocumentQueries.Find find;
        private final DocumentMatches matches;
        private long given;
        private @Nullable Row last;

        ByKey(String collection, DocumentQueries.Find find, DocumentMatches matches) {
            this.collection = collection;
            this.find = find;
            this.matches = matches;
        }

        @Override
        public boolean hasNext() {
            return (find.limit() == 0 || given < find.limit()) && matches.hasNext();
        }

        @Override
        public ObjectValue next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            DocumentMatches.Match match = matches.next();
            given++;
            last = match.key();
            return match.document();
        }

        @Override
        public End end() {
            Row at = last;
            String cursor = at != null && matches.hasNext() ? DocumentQueries.cursor(collection, find, at) : null;
            return new End(cursor, matches.severalMoments(), matches.session());
        }

        @Override
        public void close() {
            matches.close();
        }
    }

    private record InMemory(Iterator<ObjectValue> documents, End end) implements Source {
        @Override
        public boolean hasNext() {
            return documents.hasNext();
        }

        @Override
        public ObjectValue next() {
            return documents.next();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
