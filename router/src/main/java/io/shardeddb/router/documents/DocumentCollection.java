package io.shardeddb.router.documents;

import com.google.protobuf.ByteString;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.route.TableShapes;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A collection, as the tables in force have it. Pure.
 *
 * @param table that holds its documents
 * @param shardKey path whose value decides the shard; absent: {@code _id} does
 */
public record DocumentCollection(
        TableDefinition table, @Nullable DocumentPath shardKey) {

    private static final Place DOCUMENT = new Place("document");

    /**
     * The collection of a name.
     *
     * @throws DatabaseException COLLECTION_NOT_FOUND; SCHEMA_CHANGED while its shard key is not known here
     */
    public static DocumentCollection of(Topology topology, String name) {
        TableDefinition table = topology.schema().find(name);
        if (table == null || !TableShapes.isCollection(table)) {
            throw new DatabaseException(
                    ErrorCode.COLLECTION_NOT_FOUND,
                    table == null
                            ? "there is no collection " + name
                            : name + " is a table, and no collection of documents",
                    Map.of("collection", name));
        }
        return of(topology, table);
    }

    private static DocumentCollection of(Topology topology, TableDefinition table) {
        if (TableShapes.isCollectionById(table)) {
            return new DocumentCollection(table, null);
        }
        String path = topology.shardKeyPath(table.name());
        if (path == null) {
            throw new DatabaseException(
                    ErrorCode.SCHEMA_CHANGED,
                    "the shard key of collection " + table.name() + " is not known to this router",
                    Map.of("collection", table.name()));
        }
        return new DocumentCollection(table, DocumentPath.of(path));
    }

    /** All collections, in the order of the tables. */
    public static List<DocumentCollection> all(Topology topology) {
        return topology.schema().tables().stream()
                .filter(TableShapes::isCollection)
                .map(table -> of(topology, table))
                .toList();
    }

    /** Its name. */
    public String name() {
        return table.name();
    }

    /** Whether {@code _id} alone says on which shard a document is. */
    public boolean isById() {
        return shardKey == null;
    }

    /**
     * The key of a document's row.
     *
     * @throws DatabaseException INVALID_DOCUMENT when its id, or its value of the shard key, cannot be one
     */
    public Row key(ObjectValue document) {
        return key(document, DOCUMENT);
    }

    private Row key(ObjectValue document, Place place) {
        Value id = bytes(DocumentId.bytes(document.get(DocumentId.NAME), place.then(DocumentId.NAME)));
        DocumentPath path = shardKey;
        return path == null
                ? Row.of(id)
                : Row.of(bytes(DocumentId.shardKeyBytes(path.get(document), place.then(path.text()))), id);
    }

    /** The row of a document that may be stored. */
    Row row(ObjectValue document, Place place) {
        Row key = key(document, place);
        Value text = new Value.Text(document.toJson());
        return key.size() == 1 ? Row.of(key.get(0), text) : Row.of(key.get(0), key.get(1), text);
    }

    /** The document of a whole row. */
    static ObjectValue document(Row row) {
        if (row.get(row.size() - 1) instanceof Value.Text(String json)
                && DocumentValue.parse(json) instanceof ObjectValue document) {
            return document;
        }
        throw new IllegalStateException("a row of a collection holds no document");
    }

    /** Bytes of a document's text, of a whole row. */
    static int size(Row row) {
        return row.get(row.size() - 1) instanceof Value.Text(String json) ? json.length() : 0;
    }

    static Value bytes(byte[] bytes) {
        return new Value.Blob(ByteString.copyFrom(bytes));
    }
}
