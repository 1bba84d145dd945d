package io.shardeddb.protocol.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One step from some tables to others: what there is to do, which permission it needs, or why it never happens. The one
 * home of this knowledge; docs/tables.md has it as a table.
 */
public sealed interface TableChange {

    /** The table that it is about; empty when it is about no single one. */
    String table();

    /** What somebody must have allowed: "drop TABLE", "drop TABLE.COLUMN", "rebuild TABLE"; null: nothing. */
    default @Nullable String permission() {
        return switch (this) {
            case DropTable(String table) -> "drop " + table;
            case DropColumn(String table, String column) -> "drop " + table + "." + column;
            case Widen widen -> widen.rebuild() ? "rebuild " + widen.table() : null;
            case AllowNull _, AddIndex _ -> "rebuild " + table();
            case AddTable _, AddColumn _, DropIndex _, Refused _ -> null;
        };
    }

    /** What happens, or why it does not, in a sentence without a full stop. */
    default String text() {
        return switch (this) {
            case AddTable(TableDefinition definition) -> "table " + definition.name() + " is added";
            case DropTable(String table) -> "table " + table + " is dropped with its rows";
            case AddColumn(String table, ColumnDefinition column) ->
                "column " + table + "." + column.name() + " is added";
            case DropColumn(String table, String column) ->
                "column " + table + "." + column + " is dropped with its values";
            case Widen(String table, String column, ColumnType from, ColumnType to, boolean rebuild) ->
                "column " + table + "." + column + " is widened from " + from.text() + " to " + to.text()
                        + (rebuild ? ", and table " + table + " is rebuilt" : "");
            case AllowNull(String table, String column) ->
                "column " + table + "." + column + " becomes nullable, and table " + table + " is rebuilt";
            case AddIndex(String table, IndexDefinition index) ->
                "index " + index.name() + " of table " + table + " is made, for which the whole table is read";
            case DropIndex(String table, String index) -> "index " + index + " of table " + table + " is dropped";
            case Refused refused -> refused.path() + ": " + refused.message();
        };
    }

    /** Whether it takes something away that the tables before have. */
    default boolean removes() {
        return this instanceof DropTable || this instanceof DropColumn || this instanceof DropIndex;
    }

    /** A new table, with its indexes. */
    record AddTable(TableDefinition definition) implements TableChange {
        @Override
        public String table() {
            return definition.name();
        }
    }

    /** A table goes, with its rows. */
    record DropTable(String table) implements TableChange {}

    /** A new nullable column behind the others. */
    record AddColumn(String table, ColumnDefinition column) implements TableChange {}

    /** A column goes, with its values. */
    record DropColumn(String table, String column) implements TableChange {}

    /**
     * A column takes longer or greater values.
     *
     * @param rebuild whether the database writes the whole table for it, or an index of it
     */
    record Widen(String table, String column, ColumnType from, ColumnType to, boolean rebuild) implements TableChange {}

    /** A column may be NULL from now on. */
    record AllowNull(String table, String column) implements TableChange {}

    /** A new index on a table that is there. */
    record AddIndex(String table, IndexDefinition index) implements TableChange {}

    /** An index goes. What it told can be told without it. */
    record DropIndex(String table, String index) implements TableChange {}

    /**
     * What is never allowed.
     *
     * @param path of the field within the tables wanted, for example {@code tables[2].columns[5].type};
     *     {@code strategy}
     * @param message what is wrong and what is allowed
     */
    record Refused(String table, String path, String message) implements TableChange {}

    /**
     * The steps from one to the other: what is added and changed first, what goes last. Columns that remain keep their
     * relative order, and new ones stand behind them.
     *
     * @return empty when both have the same tables; the order of tables and of indexes means nothing
     */
    static List<TableChange> between(DatabaseSchema before, DatabaseSchema after) {
        List<TableChange> changes = ofTables(before, after);
        if (before.strategy() == after.strategy()) {
            return changes;
        }
        Refused strategy = new Refused(
                "",
                "strategy",
                "the sharding strategy cannot change from " + before.strategy() + " to " + after.strategy());
        return Stream.concat(Stream.of(strategy), changes.stream()).toList();
    }

    /** The same without the strategy: what happens to that is told with the rest of a spec. */
    static List<TableChange> ofTables(DatabaseSchema before, DatabaseSchema after) {
        List<TableChange> changes = new ArrayList<>();
        List<TableDefinition> tables = after.tables();
        for (int i = 0; i < tables.size(); i++) {
            TableDefinition table = tables.get(i);
            TableDefinition old = before.find(table.name());
            String path = "tables[" + i + "]";
            TableDefinition like = before.tables().stream()
                    .filter(other -> sameName(other.name(), table.name()))
                    .findFirst()
                    .orElse(null);
            if (old != null) {
                TableComparison.compare(path, old, table, changes);
            } else if (like != null) {
                changes.add(new Refused(table.name(), path + ".name", respelled("table " + like.name())));
            } else {
                changes.add(new AddTable(table));
            }
        }
        for (TableDefinition old : before.tables()) {
            if (tables.stream().noneMatch(table -> sameName(table.name(), old.name()))) {
                changes.add(new DropTable(old.name()));
            }
        }
        return Stream.concat(
                        changes.stream().filter(change -> !change.removes()),
                        changes.stream().filter(TableChange::removes))
                .toList();
    }

    /**
     * Whether every value of one type is one of the other, kept in the same way: a longer VARCHAR or VARBINARY, or a
     * wider integer of the same sign. Nothing is wider than itself.
     */
    static boolean isWider(ColumnType from, ColumnType to) {
        return TableComparison.wider(from, to);
    }

    /** The databases do not tell such names apart. */
    private static boolean sameName(String one, String other) {
        return one.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
    }

    /** Why letters of a name cannot change their case. */
    static String respelled(String what) {
        return what + " cannot get another spelling: it is the same name to the databases";
    }
}
