package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * The columns that the tables of the fuzzer may ever have, in their order: a table always has the first few of them.
 * Each value tells its table, column, key and the write that it is of, so one that stands in a wrong place is known.
 */
public final class TableShape {

    /** The columns that a table begins with: {@code id}, {@code a}, {@code b}, {@code n}. */
    public static final int FIRST = 4;

    private static final long COLUMNS = 100;
    private static final long WRITES = 100_000_000;

    private TableShape() {}

    /** Name of a column, counted from 0, the key. */
    public static String name(int column) {
        return switch (column) {
            case 0 -> "id";
            case 1 -> "a";
            case 2 -> "b";
            case 3 -> "n";
            default -> "c" + (column - FIRST + 1);
        };
    }

    /** Type of a column, as a spec writes it. */
    public static String type(int column) {
        return switch (column) {
            case 0, 3 -> "Number";
            default -> isNumber(column) ? "BIGINT" : "VARCHAR(40)";
        };
    }

    private static boolean isNumber(int column) {
        return column == 3 || (column >= FIRST && column % 2 == 1);
    }

    /** Puts the value that a write gives to a column. */
    static void put(ObjectNode row, String table, int column, long key, long write) {
        if (isNumber(column)) {
            row.put(name(column), (key * COLUMNS + column) * WRITES + write);
        } else {
            row.put(name(column), table + "." + name(column) + ":" + key + ":" + write);
        }
    }

    /** A row of a write that sets the given columns beside the key. */
    static ObjectNode row(String table, long key, Map<Integer, Long> columns) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put(name(0), key);
        columns.forEach((column, write) -> put(row, table, column, key, write));
        return row;
    }

    /**
     * The writes that the values of a row are of, by column; columns without a value are left out.
     *
     * @throws IllegalArgumentException when a column is not where it belongs, or has a value that was never written
     *     there
     */
    static Map<Integer, Long> read(String table, JsonNode row) {
        long key = row.path(name(0)).asLong(Long.MIN_VALUE);
        Map<Integer, Long> writes = new TreeMap<>();
        int column = 0;
        for (Map.Entry<String, JsonNode> member : row.properties()) {
            if (!member.getKey().equals(name(column))) {
                throw new IllegalArgumentException(
                        "column " + column + " is " + member.getKey() + ", not " + name(column));
            }
            if (column > 0 && !member.getValue().isNull()) {
                writes.put(column, write(table, column, key, member.getValue()));
            }
            column++;
        }
        if (column < FIRST) {
            throw new IllegalArgumentException("only " + column + " columns");
        }
        return writes;
    }

    private static long write(String table, int column, long key, JsonNode value) {
        if (isNumber(column)) {
            long number = value.asLong(-1);
            if (number / WRITES == key * COLUMNS + column) {
                return number % WRITES;
            }
        } else {
            String begins = table + "." + name(column) + ":" + key + ":";
            if (value.asText().startsWith(begins)) {
                return Long.parseLong(value.asText().substring(begins.length()));
            }
        }
        throw new IllegalArgumentException("column " + name(column) + " of row " + key + " has the value " + value
                + ", which was never written there");
    }
}
