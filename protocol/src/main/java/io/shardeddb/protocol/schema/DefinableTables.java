package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables as texts that an earlier operator accepted and that may break a rule of the servers: what of them can ever
 * have been brought to a server. The rest holds no rows and binds nobody.
 */
public final class DefinableTables {

    private DefinableTables() {}

    /**
     * The tables themselves where they break no rule; else each table with those columns, from the first, that may have
     * been defined.
     */
    public static DatabaseSchema of(SchemaDefinition texts) {
        try {
            return DatabaseSchema.ofWire(texts);
        } catch (DatabaseException e) {
            return prefix(texts);
        }
    }

    /** Whether a server takes these tables as they are. */
    public static boolean whole(SchemaDefinition texts) {
        try {
            DatabaseSchema.ofWire(texts);
            return true;
        } catch (DatabaseException e) {
            return false;
        }
    }

    private static DatabaseSchema prefix(SchemaDefinition texts) {
        List<TableDefinition> tables = new ArrayList<>();
        for (TableDescription table : texts.getTablesList()) {
            int columns = TableAdmission.definable(texts, table.getName());
            boolean known = tables.stream().anyMatch(other -> other.name().equalsIgnoreCase(table.getName()));
            if (columns > 0 && !known) {
                tables.add(TableDefinition.ofWire(table.toBuilder()
                        .clearIndexes()
                        .clearColumns()
                        .addAllColumns(table.getColumnsList().subList(0, columns))
                        .build()));
            }
        }
        return new DatabaseSchema(texts.getVersion(), Strategy.ofWire(texts.getStrategy()), tables);
    }
}
