package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.schema.ColumnType.BinaryType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.ColumnType.Width;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a table with what it is to become. */
final class TableComparison {

    /** Up to here, one byte holds the length of a value; beyond, two do, in every row. */
    private static final int ONE_BYTE_LENGTH = 255;

    private final String path;
    private final TableDefinition old;
    private final TableDefinition table;
    private final List<TableChange> changes;

    private TableComparison(String path, TableDefinition old, TableDefinition table, List<TableChange> changes) {
        this.path = path;
        this.old = old;
        this.table = table;
        this.changes = changes;
    }

    /**
     * Adds what there is to do, in any order.
     *
     * @param path of the table within those wanted
     */
    static void compare(String path, TableDefinition old, TableDefinition table, List<TableChange> changes) {
        TableComparison comparison = new TableComparison(path, old, table, changes);
        comparison.keys();
        comparison.columns();
        comparison.indexes();
    }

    private void keys() {
        if (!old.primaryKey().equals(table.primaryKey())) {
            refuse(
                    ".primaryKey",
                    "the primary key of table " + table.name() + " is " + old.primaryKey() + " and cannot change");
        }
        if (!old.shardKey().equals(table.shardKey())) {
            refuse(
                    ".shardKey",
                    "the shard key of table " + table.name() + " is " + old.shardKey() + " and cannot change");
        }
    }

    private void columns() {
        order();
        for (int i = 0; i < table.columns().size(); i++) {
            ColumnDefinition column = table.columns().get(i);
            String at = ".columns[" + i + "]";
            ColumnDefinition before = old.column(column.name());
            if (before == null) {
                added(at, column);
            } else {
                changed(at, before, column);
            }
        }
        for (ColumnDefinition before : old.columns()) {
            if (like(table, before.name()) == null) {
                dropped(before.name());
            }
        }
    }

    /** Those that remain come first, in the order in which they are. */
    private void order() {
        List<String> kept = old.columns().stream()
                .map(ColumnDefinition::name)
                .filter(name -> like(table, name) != null)
                .toList();
        for (int i = 0; i < kept.size(); i++) {
            String name = table.columns().get(i).name();
            if (!name.equalsIgnoreCase(kept.get(i))) {
                refuse(
                        ".columns[" + i + "]",
                        "column " + name + " stands in the place of " + kept.get(i)
                                + ": columns keep their order, and new ones stand behind them");
                return;
            }
        }
    }

    private void added(String at, ColumnDefinition column) {
        ColumnDefinition like = like(old, column.name());
        if (like != null) {
            refuse(at + ".name", TableChange.respelled("column " + like.name()));
        } else if (!column.nullable()) {
            refuse(
                    at + ".nullable",
                    "the new column " + column.name() + " must be nullable: rows that exist have no value for it");
        } else {
            changes.add(new TableChange.AddColumn(table.name(), column));
        }
    }

    private void changed(String at, ColumnDefinition before, ColumnDefinition column) {
        if (before.equals(column)) {
            return;
        }
        if (old.primaryKey().contains(column.name())) {
            refuse(
                    at,
                    "column " + column.name() + " is part of the primary key and stays "
                            + before.type().text());
            return;
        }
        if (before.nullable() && !column.nullable()) {
            refuse(at + ".nullable", "column " + column.name() + " stays nullable: rows may have no value for it");
        }
        if (!before.type().equals(column.type())) {
            if (wider(before.type(), column.type())) {
                changes.add(new TableChange.Widen(
                        table.name(),
                        column.name(),
                        before.type(),
                        column.type(),
                        rebuilds(before.type(), column.type()) || isIndexedBinary(column)));
            } else {
                refuse(
                        at + ".type",
                        "column " + column.name() + " cannot change from "
                                + before.type().text() + " to " + column.type().text()
                                + "; a VARCHAR or VARBINARY may become longer, and an integer wider with the same sign");
            }
        }
        if (!before.nullable() && column.nullable()) {
            changes.add(new TableChange.AllowNull(table.name(), column.name()));
        }
    }

    /** The databases make an index again when a VARBINARY of it becomes longer, though not when a VARCHAR does. */
    private boolean isIndexedBinary(ColumnDefinition column) {
        return column.type() instanceof BinaryType
                && old.indexes().stream().anyMatch(index -> index.columns().contains(column.name()));
    }

    private void dropped(String column) {
        if (old.primaryKey().contains(column)) {
            refuse(".columns", "column " + column + " is part of the primary key and cannot be dropped");
        } else {
            changes.add(new TableChange.DropColumn(table.name(), column));
        }
    }

    private void indexes() {
        for (IndexDefinition index : table.indexes()) {
            if (!index.equals(old.index(index.name()))) {
                changes.add(new TableChange.AddIndex(table.name(), index));
            }
        }
        for (IndexDefinition index : old.indexes()) {
            if (!index.equals(table.index(index.name()))) {
                changes.add(new TableChange.DropIndex(table.name(), index.name()));
            }
        }
    }

    private void refuse(String field, String message) {
        changes.add(new TableChange.Refused(table.name(), path + field, message));
    }

    private static @Nullable ColumnDefinition like(TableDefinition table, String name) {
        return table.columns().stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }

    static boolean wider(ColumnType from, ColumnType to) {
        if (from instanceof StringType a && to instanceof StringType b) {
            return variable(a) && variable(b) && b.length() > a.length();
        }
        if (from instanceof BinaryType a && to instanceof BinaryType b) {
            return !a.fixed() && !b.fixed() && b.length() > a.length();
        }
        IntegerType a = integer(from);
        IntegerType b = integer(to);
        return a != null
                && b != null
                && a.unsigned() == b.unsigned()
                && b.width().bits() > a.width().bits();
    }

    private static boolean variable(StringType type) {
        return type.form() != StringType.Form.CHAR;
    }

    private static @Nullable IntegerType integer(ColumnType type) {
        return switch (type) {
            case IntegerType integer -> integer;
            case NumberType _ -> new IntegerType(Width.BIGINT, false);
            default -> null;
        };
    }

    /** Whether the rows are written again for it: integers have another size, and lengths beyond a byte take two. */
    private static boolean rebuilds(ColumnType from, ColumnType to) {
        return integer(from) != null || (longest(from) <= ONE_BYTE_LENGTH) != (longest(to) <= ONE_BYTE_LENGTH);
    }

    private static int longest(ColumnType type) {
        return switch (type) {
            case StringType string -> 4 * string.length();
            case BinaryType binary -> binary.length();
            default -> throw new IllegalArgumentException(type.text() + " has no length");
        };
    }
}
