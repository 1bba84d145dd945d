package io.shardeddb.router.documents;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.route.KeyRange;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows that may hold what a filter asks for: each matching document is in one of them. The
 * filter itself is decided document by document. Pure.
 */
public sealed interface Selection {

    /** Where a document's id is. */
    DocumentPath ID = DocumentPath.of(DocumentId.NAME);

    /**
     * Some rows, by their whole keys, in key order.
     *
     * @param keys none where nothing can match
     */
    record Keys(List<Row> keys) implements Selection {}

    /** The rows of a range. */
    record Range(KeyRange range) implements Selection {}

    /** What a filter leaves of a collection. */
    static Selection of(DocumentCollection collection, Filter filter) {
        List<byte[]> ids = wanted(filter, ID);
        DocumentPath path = collection.shardKey();
        if (path == null) {
            return ids == null
                    ? new Range(KeyRange.ALL)
                    : new Keys(ids.stream()
                            .map(id -> Row.of(DocumentCollection.bytes(id)))
                            .toList());
        }
        // With a number in it, a filter finds more at a path than the value that decides the shard.
        boolean plain = path.parts().stream().allMatch(part -> DocumentPath.index(part) < 0);
        List<byte[]> shards = plain ? wanted(filter, path) : null;
        if (shards == null || shards.size() > 1) {
            return new Range(KeyRange.ALL);
        }
        if (shards.isEmpty()) {
            return new Keys(List.of());
        }
        Row shard = Row.of(DocumentCollection.bytes(shards.getFirst()));
        return ids == null
                ? new Range(KeyRange.between(shard, shard))
                : new Keys(ids.stream()
                        .map(id -> Row.of(shard.get(0), DocumentCollection.bytes(id)))
                        .toList());
    }

    /** The only bytes that a stored id or shard key can have, in their order; null: others may do, too. */
    private static @Nullable List<byte[]> wanted(Filter filter, DocumentPath path) {
        List<DocumentValue> values = filter.oneOf(path);
        if (values == null) {
            return null;
        }
        TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
        for (DocumentValue value : values) {
            DocumentId.bytesOfEqual(value).ifPresent(sorted::add);
        }
        return List.copyOf(sorted);
    }
}
