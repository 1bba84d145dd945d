package io.shardeddb.router.documents.request;

import io.shardeddb.documents.value.DocumentValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An update as a client asks for it.
 *
 * @param filter which documents are meant; absent: all
 * @param update operators, or a whole document
 * @param arrayFilters filters for {@code $[name]} in paths
 * @param many whether all documents that are meant are changed; else the first one alone
 * @param upsert whether a document is inserted if none is meant
 * @param shown which document the answer shows
 */
public record UpdateRequest(
        @Nullable DocumentValue filter,
        DocumentValue update,
        List<DocumentValue> arrayFilters,
        boolean many,
        boolean upsert,
        Shown shown) {

    public UpdateRequest {
        arrayFilters = List.copyOf(arrayFilters);
    }
}
