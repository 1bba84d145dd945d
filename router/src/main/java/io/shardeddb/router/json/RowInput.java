package io.shardeddb.router.json;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Columns given for one row: values in table order, absent where nothing was given. */
public final class RowInput {

    private final TableDefinition table;
    private final @Nullable Value[] values;

    private RowInput(TableDefinition table) {
        this.table = table;
        this.values = new Value[table.columns().size()];
    }

    /**
     * Reads an object whose opening brace is the current token.
     *
     * @throws DatabaseException of kind INVALID with the column in its details
     */
    public static RowInput read(JsonInput input, TableDefinition table, CoercionMode mode) throws IOException {
        RowInput row = new RowInput(table);
        for (String name = input.nextMember(); name != null; name = input.nextMember()) {
            int column = row.indexOf(name, mode);
            input.next();
            row.set(column, input.value(), mode);
        }
        return row;
    }

    /** The columns of an object that was read whole. */
    public static RowInput of(Map<?, ?> object, TableDefinition table, CoercionMode mode) {
        RowInput row = new RowInput(table);
        object.forEach((name, value) -> row.set(row.indexOf((String) name, mode), value, mode));
        return row;
    }

    private int indexOf(String name, CoercionMode mode) {
        int column = table.indexOf(name);
        if (column < 0 && mode == CoercionMode.SEED) {
            // SQL, which the originals speak, does not tell column names apart by case.
            for (int i = 0; i < table.columns().size(); i++) {
                if (table.column(i).name().equalsIgnoreCase(name)) {
                    return i;
                }
            }
        }
        if (column < 0) {
            throw unknownColumn(name, table);
        }
        return column;
    }

    /** The error for a column that the table does not have. */
    public static DatabaseException unknownColumn(String name, TableDefinition table) {
        List<String> columns =
                table.columns().stream().map(ColumnDefinition::name).toList();
        return new DatabaseException(
                ErrorCode.UNKNOWN_COLUMN,
                "table " + table.name() + " has no column '" + name + "'; it has " + columns,
                Map.of("table", table.name(), "column", name, "columns", String.join(",", columns)));
    }

    private void set(int column, @Nullable Object value, CoercionMode mode) {
        if (values[column] != null) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "column " + table.column(column).name() + " is given twice",
                    Map.of("column", table.column(column).name()));
        }
        values[column] = Coercion.coerce(value, table.column(column), table.inPrimaryKey(column), mode);
    }

    /** The value given for a column, or null when none was. */
    public @Nullable Value get(int column) {
        return values[column];
    }

    /**
     * The whole row: nullable columns that were not given are NULL.
     *
     * @throws DatabaseException MISSING_KEY or MISSING_COLUMN
     */
    public Row whole() {
        List<Value> row = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            Value value = values[i];
            if (value == null) {
                if (!table.column(i).nullable()) {
                    throw missing(i);
                }
                value = Value.NULL;
            }
            row.add(value);
        }
        return new Row(row);
    }

    /** The primary key. @throws DatabaseException MISSING_KEY */
    public Row key() {
        List<Value> key = new ArrayList<>(table.keySize());
        for (int i = 0; i < table.keySize(); i++) {
            Value value = values[table.keyIndex(i)];
            if (value == null) {
                throw missing(table.keyIndex(i));
            }
            key.add(value);
        }
        return new Row(key);
    }

    private DatabaseException missing(int column) {
        String name = table.column(column).name();
        return new DatabaseException(
                table.inPrimaryKey(column) ? ErrorCode.MISSING_KEY : ErrorCode.MISSING_COLUMN,
                "column " + name + " is missing",
                Map.of("table", table.name(), "column", name));
    }

    /** Table indexes of the columns given that are not part of the primary key, in table order. */
    public List<Integer> changes() {
        List<Integer> changes = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null && !table.inPrimaryKey(i)) {
                changes.add(i);
            }
        }
        return changes;
    }

    /**
     * Takes key columns that were not given from a key that stands elsewhere in the request.
     *
     * @throws DatabaseException KEY_NOT_CHANGEABLE when one was given that differs
     */
    public void fillKey(Row key) {
        keepsKey(key);
        for (int i = 0; i < table.keySize(); i++) {
            values[table.keyIndex(i)] = key.get(i);
        }
    }

    /**
     * Refuses a key column that differs from the row's key.
     *
     * @throws DatabaseException KEY_NOT_CHANGEABLE
     */
    public void keepsKey(Row key) {
        for (int i = 0; i < table.keySize(); i++) {
            Value given = values[table.keyIndex(i)];
            if (given != null && !given.equals(key.get(i))) {
                String name = table.keyColumn(i).name();
                throw new DatabaseException(
                        ErrorCode.KEY_NOT_CHANGEABLE,
                        "column " + name + " is part of the primary key and cannot be changed",
                        Map.of("table", table.name(), "column", name));
            }
        }
    }
}
