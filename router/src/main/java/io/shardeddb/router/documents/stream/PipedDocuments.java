package io.shardeddb.router.documents.stream;

import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.pipeline.DocumentSink;
import io.shardeddb.documents.pipeline.Pipeline;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.documents.DocumentMatches;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * What the stages of a pipeline make of the documents of a collection, made as it is taken. Only sorts and groups keep
 * documents. Blocks; of one thread.
 */
public final class PipedDocuments implements Iterator<ObjectValue>, AutoCloseable {

    /** Bytes of documents that one document makes, or the end of all, at most. */
    static final long MOST_BYTES = MemoryBudget.OF_A_REQUEST;

    private final DocumentMatches matches;
    private final DocumentSink first;
    private final Deque<ObjectValue> made = new ArrayDeque<>();
    private long madeBytes;
    private boolean wanted = true;

    /**
     * Begins.
     *
     * @param matches the documents that match the pipeline's filter; closed with this
     */
    public PipedDocuments(DocumentMatches matches, Pipeline pipeline) {
        this.matches = matches;
        this.first = pipeline.into(new Last(), new MemoryBudget(MemoryBudget.OF_A_REQUEST));
    }

    /** Keeps what the stages give until it is taken. */
    private final class Last implements DocumentSink {
        @Override
        public boolean accept(ObjectValue document) {
            madeBytes += document.sizeInBytes();
            if (madeBytes > MOST_BYTES) {
                throw new DatabaseException(
                        ErrorCode.TOO_LARGE,
                        "the pipeline makes more than " + MOST_BYTES + " bytes at once",
                        Map.of("bound", Long.toString(MOST_BYTES)));
            }
            return made.add(document);
        }

        @Override
        public void end() {
            // Everything was kept as it came.
        }
    }

    @Override
    public boolean hasNext() {
        while (made.isEmpty() && wanted) {
            madeBytes = 0;
            wanted = matches.hasNext() && first.accept(matches.next().document());
            if (!wanted) {
                first.end();
            }
        }
        return !made.isEmpty();
    }

    @Override
    public ObjectValue next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return made.removeFirst();
    }

    /** After the last one: whether a server was lost, and the rest is of a later moment than the others. */
    public boolean severalMoments() {
        return matches.severalMoments();
    }

    @Override
    public void close() {
        matches.close();
    }
}
