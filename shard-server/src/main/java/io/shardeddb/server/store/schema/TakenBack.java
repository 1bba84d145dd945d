package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a definition takes back has to hold nothing. It may look as if it had never been in force, to an operator whose
 * memory is of an earlier time, and be full of rows.
 *
 * <p>Only what is in force here is looked at, because its rows come from the log alone: so every replica finds the
 * same. What is gone already went in an attempt at this same definition, which had found it empty.
 */
final class TakenBack {

    private TakenBack() {}

    /**
     * Something that is in force here and that a definition takes away.
     *
     * @param column absent: the whole table
     */
    record Loss(String table, @Nullable String column) {

        private String told() {
            return column == null
                    ? "table " + table + " holds rows"
                    : "column " + column + " of table " + table + " holds values";
        }
    }

    /** What the definition would take away of what is in force, and may take away only where it holds nothing. */
    static List<Loss> losses(StoredSchema present, StoredSchema next, SchemaDefinition definition) {
        Going going = Going.of(definition);
        List<Loss> losses = new ArrayList<>();
        for (StoredTable table : present.tables()) {
            StoredTable wanted = next.find(table.name());
            if (going.drops().contains(table.name())) {
                continue;
            }
            if (going.takesBack().contains(table.name())) {
                if (wanted == null || !wanted.definition().equals(table.definition())) {
                    losses.add(new Loss(table.name(), null));
                }
                continue;
            }
            for (ColumnDefinition column : table.definition().columns()) {
                String name = table.name() + "." + column.name();
                ColumnDefinition as =
                        wanted == null ? null : wanted.definition().column(column.name());
                if (going.takesBack().contains(name)
                        && !going.drops().contains(name)
                        && (as == null || !ColumnShape.of(as).equals(ColumnShape.of(column)))) {
                    losses.add(new Loss(table.name(), column.name()));
                }
            }
        }
        return losses;
    }

    /**
     * Why the definition is refused: the first that holds something; absent when nothing would be lost.
     *
     * @param connection in no transaction; afterwards it may be in one
     */
    static @Nullable DatabaseException refusal(Connection connection, String schemaName, SqlText sql, List<Loss> losses)
            throws SQLException {
        TableCatalogue catalogue = new TableCatalogue(connection, schemaName, sql);
        for (Loss loss : losses) {
            if (holds(catalogue, loss)) {
                return TableRules.refused(
                        loss.told() + ", so it was in force, and taking a change back would lose them. Ask for it"
                                + " again as it was; it can be dropped by name when it is in force",
                        loss.table());
            }
        }
        return null;
    }

    private static boolean holds(TableCatalogue catalogue, Loss loss) throws SQLException {
        String column = loss.column();
        if (column == null) {
            return catalogue.tables().containsKey(loss.table()) && catalogue.holdsRows(loss.table());
        }
        return catalogue.columns(loss.table()).containsKey(column.toLowerCase(Locale.ROOT))
                && catalogue.holdsValues(loss.table(), column);
    }
}
