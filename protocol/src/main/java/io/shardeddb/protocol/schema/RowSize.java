package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.schema.ColumnType.BinaryType;
import io.shardeddb.protocol.schema.ColumnType.BlobType;
import io.shardeddb.protocol.schema.ColumnType.BooleanType;
import io.shardeddb.protocol.schema.ColumnType.DateTimeType;
import io.shardeddb.protocol.schema.ColumnType.DateType;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.FloatingType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.ColumnType.TextType;
import io.shardeddb.protocol.schema.ColumnType.TimeType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many bytes the longest row of a table takes inside its page, as InnoDB counts with pages of 16 KiB and row format
 * DYNAMIC. A page holds two rows at least, so a longer row cannot be stored; of a long value only a pointer has to stay
 * inside.
 *
 * <p>What the engines check when a table is made differs between them, and neither check is exact: a table that passes
 * may still refuse a row. This sum is never below what either counts, so a table within the limit is made by both and
 * takes its longest row.
 */
public final class RowSize {

    /** Bytes that a row may take inside its page. */
    public static final int MAX_INLINE_BYTES = 8_125;

    /**
     * Bytes that the undo record of a changed row may take: it is one page at most, and a row that needs more can
     * neither be changed nor removed.
     */
    public static final int MAX_UNDO_BYTES = 16_000;

    /** Of a page and of an undo record, what is no value. */
    private static final int UNDO_HEADER = 100;
    /** Number and length of a value in an undo record. */
    private static final int UNDO_FIELD = 4;

    /**
     * What stays in the row of a value that can be stored outside: up to 40 bytes, or a pointer, which is shorter; and
     * a length.
     */
    static final int OUTSIDE = 41;

    /** A column whose longest value takes no more is never stored outside. */
    private static final int LONGEST_INSIDE = 255;

    private static final int RECORD_HEADER = 5;
    private static final int TRANSACTION_AND_ROLLBACK = 6 + 7;
    /** Our own column with a row's time. */
    private static final int TIMESTAMP = 8;
    /** Longest text that an index of a path keeps of a value, in bytes: beyond it texts that begin alike are one. */
    public static final int PATH_INDEX_TEXT = 255;
    /** What an index of a path adds to a row: the beginning of a text with its length, and a number. */
    private static final int PATH_INDEX_BYTES = PATH_INDEX_TEXT + 1 + 8;

    /** For what the engines add to a row when a column is added at once: a version, or a number of columns. */
    private static final int ADDED_AT_ONCE = 3;

    private static final int[] DECIMAL_REST = {0, 1, 1, 2, 2, 3, 3, 4, 4};

    private RowSize() {}

    /**
     * Bytes of the longest row inside its page.
     *
     * @param primaryKey names of key columns, which are never stored outside
     * @param indexes secondary ones
     */
    public static int inlineBytes(
            List<ColumnDefinition> columns, List<String> primaryKey, List<IndexDefinition> indexes) {
        int nullable = 2 * paths(indexes);
        int bytes = RECORD_HEADER + TRANSACTION_AND_ROLLBACK + TIMESTAMP + ADDED_AT_ONCE;
        bytes += PATH_INDEX_BYTES * paths(indexes);
        for (ColumnDefinition column : columns) {
            nullable += column.nullable() ? 1 : 0;
            bytes += inlineBytes(column.type(), primaryKey.contains(column.name()));
        }
        return bytes + (nullable + 7) / 8;
    }

    /**
     * Bytes of the undo record of the longest row, when all its columns change. Of a column that is in an index the
     * whole value is in it, wherever that is stored.
     *
     * @param primaryKey names of key columns
     * @param indexes secondary ones
     */
    public static int undoBytes(
            List<ColumnDefinition> columns, List<String> primaryKey, List<IndexDefinition> indexes) {
        Set<String> indexed = new HashSet<>();
        indexes.stream().filter(index -> index.path() == null).forEach(index -> indexed.addAll(index.columns()));
        int bytes = UNDO_HEADER + TRANSACTION_AND_ROLLBACK + TIMESTAMP + UNDO_FIELD;
        bytes += (2 * UNDO_FIELD + PATH_INDEX_BYTES) * paths(indexes);
        for (ColumnDefinition column : columns) {
            boolean key = primaryKey.contains(column.name());
            boolean whole = key || indexed.contains(column.name());
            // An indexed value may be stored outside as well: its pointer is in the record too.
            bytes += UNDO_FIELD + inlineBytes(column.type(), whole) + (whole && !key ? OUTSIDE : 0);
        }
        return bytes;
    }

    /**
     * Bytes that the longest value of a type leaves in the row.
     *
     * @param key whether the column is part of the primary key
     */
    static int inlineBytes(ColumnType type, boolean key) {
        return switch (type) {
            case IntegerType integer -> integer.width().bits() / 8;
            case NumberType _ -> 8;
            case BooleanType _ -> 1;
            case DecimalType decimal -> digits(decimal.precision() - decimal.scale()) + digits(decimal.scale());
            case FloatingType floating -> floating.single() ? 4 : 8;
            case StringType string -> variable(4 * string.length(), key);
            case BinaryType binary -> binary.fixed() ? binary.length() : variable(binary.length(), key);
            case TextType _, BlobType _, JsonType _ -> OUTSIDE;
            case DateType _ -> 3;
            case TimeType time -> 3 + (time.fraction() + 1) / 2;
            case DateTimeType time -> (time.instant() ? 4 : 5) + (time.fraction() + 1) / 2;
        };
    }

    private static int paths(List<IndexDefinition> indexes) {
        return (int) indexes.stream().filter(index -> index.path() != null).count();
    }

    private static int variable(int longest, boolean key) {
        boolean inside = longest <= LONGEST_INSIDE;
        if (key) {
            return longest + (inside ? 1 : 2);
        }
        return inside ? longest + 1 : OUTSIDE;
    }

    private static int digits(int digits) {
        return digits / 9 * 4 + DECIMAL_REST[digits % 9];
    }
}
