package io.shardeddb.protocol.change;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must be true of a row for a change of it to be made. */
public sealed interface Precondition {

    /**
     * Whether it holds.
     *
     * @param table whose row it is
     * @param row as it is now; absent: there is none
     */
    boolean holds(TableDefinition table, @Nullable StoredRow row);

    /**
     * Refuses what cannot be asked of a table.
     *
     * @throws DatabaseException of kind INVALID
     */
    default void check(TableDefinition table) {}

    /** The row is not there. */
    record Absent() implements Precondition {
        @Override
        public boolean holds(TableDefinition table, @Nullable StoredRow row) {
            return row == null;
        }
    }

    /** The row is there. */
    record Present() implements Precondition {
        @Override
        public boolean holds(TableDefinition table, @Nullable StoredRow row) {
            return row != null;
        }
    }

    /**
     * The row is there and nobody has written it since. Versions are compared for equality alone: a version says which
     * write made the row, not when it happened.
     */
    record Unchanged(long version) implements Precondition {
        @Override
        public boolean holds(TableDefinition table, @Nullable StoredRow row) {
            return row != null && row.version() == version;
        }
    }

    /**
     * The row is there, and one of its columns compares so with a value.
     *
     * @param column in table order, from 0
     * @param value of the column's type, or NULL with EQUAL and NOT_EQUAL
     */
    record Column(int column, Comparison comparison, Value value) implements Precondition {
        @Override
        public boolean holds(TableDefinition table, @Nullable StoredRow row) {
            return row != null
                    && comparison.holds(table.column(column).type(), row.row().get(column), value);
        }

        @Override
        public void check(TableDefinition table) {
            if (column < 0 || column >= table.columns().size()) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "a condition names column " + column + " of "
                                + table.columns().size());
            }
            ColumnDefinition definition = table.column(column);
            if (definition.type() instanceof ColumnType.FloatingType) {
                throw new DatabaseException(
                        ErrorCode.WRONG_TYPE,
                        "column " + definition.name() + " (" + definition.type().text()
                                + ") holds floating-point numbers, which conditions do not compare:"
                                + " the databases do not give them back alike",
                        Map.of("column", definition.name()));
            }
            if (comparison.isOrdering() && (value instanceof Value.Null || !Comparison.ordered(definition.type()))) {
                throw new DatabaseException(
                        ErrorCode.WRONG_TYPE,
                        "column " + definition.name() + " (" + definition.type().text() + ") "
                                + (value instanceof Value.Null ? "and null have" : "has")
                                + " no order for " + comparison.sign() + "; allowed are == and !=",
                        Map.of("column", definition.name()));
            }
        }
    }
}
