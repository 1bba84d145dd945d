package io.shardeddb.router.http.v1;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType.BooleanType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keys in paths and queries. Pure. */
final class KeyText {

    /** Longer texts may be beyond a long. */
    private static final int LONG_DIGITS = 18;

    private static final int MAX_DIGITS = 30;

    private KeyText() {}

    /**
     * A whole key.
     *
     * @param texts one text with commas between the values, or one text for each value
     * @throws DatabaseException of kind INVALID
     */
    static Row key(TableDefinition table, List<String> texts) {
        List<String> parts = split(table, texts);
        if (parts.size() != table.keySize()) {
            throw new DatabaseException(
                    ErrorCode.MISSING_KEY,
                    "the key of table " + table.name() + " has " + table.keySize() + " values " + table.primaryKey()
                            + ", given are " + parts.size(),
                    Map.of("table", table.name(), "field", "key"));
        }
        return row(table, parts);
    }

    /** The leading values of a key. */
    static Row prefix(TableDefinition table, String field, List<String> texts) {
        List<String> parts = split(table, texts);
        if (parts.size() > table.keySize()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "'" + field + "' has more values than the key " + table.primaryKey(),
                    Map.of("field", field));
        }
        return row(table, parts);
    }

    private static List<String> split(TableDefinition table, List<String> texts) {
        return table.keySize() > 1 && texts.size() == 1
                ? List.of(texts.getFirst().split(",", -1))
                : texts;
    }

    private static Row row(TableDefinition table, List<String> parts) {
        List<Value> values = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            ColumnDefinition column = table.keyColumn(i);
            values.add(Coercion.coerce(input(column, parts.get(i)), column, true, CoercionMode.STRICT));
        }
        return new Row(values);
    }

    private static boolean isInteger(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        if (text.length() == from || text.length() - from > MAX_DIGITS) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** What the same value would be in JSON. */
    private static Object input(ColumnDefinition column, String text) {
        boolean integer = column.type() instanceof NumberType || column.type() instanceof IntegerType;
        if (integer && isInteger(text)) {
            return text.length() <= LONG_DIGITS ? (Number) Long.valueOf(text) : new BigInteger(text);
        }
        if (column.type() instanceof BooleanType && (text.equals("true") || text.equals("false"))) {
            return text.equals("true");
        }
        return text;
    }
}
