package io.shardeddb.router.documents;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.router.forward.SessionToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of documents.
 *
 * @param filter which documents are meant
 * @param computing how one is changed
 * @param insertion makes the document that is inserted if none is meant; absent: none is
 * @param conditions on its version, which fail the change where they do not hold
 */
public record DocumentChange(
        Filter filter, Computing computing, @Nullable Insertion insertion, List<Precondition> conditions) {

    public DocumentChange {
        conditions = List.copyOf(conditions);
    }

    /** Computes a document as it will be. Pure. */
    @FunctionalInterface
    public interface Computing {
        /**
         * The document afterwards.
         *
         * @return null: it is removed; one that is equal: nothing is changed
         * @throws io.shardeddb.protocol.error.DatabaseException UPDATE_FAILED, INVALID_DOCUMENT, TOO_LARGE
         */
        @Nullable
        ObjectValue after(ObjectValue before);
    }

    /** Makes a document. Pure: the same each time. */
    @FunctionalInterface
    public interface Insertion {
        /**
         * The document.
         *
         * @param id for a document that gets none otherwise
         */
        ObjectValue document(DocumentValue id);
    }

    /**
     * What a change came to.
     *
     * @param matched how many documents were meant
     * @param modified how many were changed or removed
     * @param upsertedId of the document that was inserted
     * @param timestamp of the write, the greatest of several; 0: nothing was written
     * @param before the one document as it was; absent: there was none, or an earlier run changed it
     * @param after the one document as it is; absent: it is gone, or an earlier run changed it
     * @param repeated whether an earlier run of the same request did it
     * @param session what the client has seen
     */
    public record Result(
            long matched,
            long modified,
            @Nullable DocumentValue upsertedId,
            long timestamp,
            @Nullable ObjectValue before,
            @Nullable ObjectValue after,
            boolean repeated,
            SessionToken session) {

        static Result none(SessionToken session) {
            return new Result(0, 0, null, 0, null, null, false, session);
        }
    }
}
