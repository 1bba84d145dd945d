package io.shardeddb.router.route;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.List;
import java.util.Map;

/**
 * Which tables are collections of documents or key-value spaces: those of exactly their shape (docs/documents.md,
 * docs/key-value.md). Pure.
 */
public final class TableShapes {

    private static final ColumnType KEY_BYTES = ColumnType.parse("VARBINARY(1024)");
    private static final ColumnDefinition ID = new ColumnDefinition("_id", KEY_BYTES, false);
    private static final ColumnDefinition SHARD = new ColumnDefinition("shard", KEY_BYTES, false);
    private static final ColumnDefinition DOCUMENT = new ColumnDefinition("doc", ColumnType.parse("JSON"), false);

    private static final List<ColumnDefinition> BY_ID = List.of(ID, DOCUMENT);
    private static final List<ColumnDefinition> BY_SHARD_KEY = List.of(SHARD, ID, DOCUMENT);
    private static final List<ColumnDefinition> SPACE = List.of(
            new ColumnDefinition("k", KEY_BYTES, false),
            new ColumnDefinition("v", ColumnType.parse("MEDIUMBLOB"), true),
            new ColumnDefinition("type", ColumnType.parse("VARCHAR(255)"), false),
            new ColumnDefinition("n", ColumnType.parse("BIGINT"), true),
            new ColumnDefinition("expires", ColumnType.parse("BIGINT"), true));

    private TableShapes() {}

    /** Whether a table holds documents. */
    public static boolean isCollection(TableDefinition table) {
        return isCollectionById(table)
                || (table.columns().equals(BY_SHARD_KEY)
                        && table.primaryKey().equals(List.of("shard", "_id"))
                        && table.shardKey().equals("shard"));
    }

    /** Whether a table holds documents whose {@code _id} decides the shard. */
    public static boolean isCollectionById(TableDefinition table) {
        return table.columns().equals(BY_ID) && table.primaryKey().equals(List.of("_id"));
    }

    /** Whether a table holds keys and values. */
    public static boolean isSpace(TableDefinition table) {
        return table.columns().equals(SPACE) && table.primaryKey().equals(List.of("k"));
    }

    /**
     * Refuses to write rows to what is a collection or a space.
     *
     * @return the table
     * @throws DatabaseException COLLECTION_TABLE
     */
    public static TableDefinition requireRows(TableDefinition table) {
        boolean collection = isCollection(table);
        if (collection || isSpace(table)) {
            String paths = (collection ? "/v1/collections/" : "/v1/kv/") + table.name();
            throw new DatabaseException(
                    ErrorCode.COLLECTION_TABLE,
                    "table " + table.name() + " is a " + (collection ? "collection" : "key-value space")
                            + ", whose rows must have its form; write to it at " + paths,
                    Map.of("table", table.name()));
        }
        return table;
    }
}
