package io.shardeddb.cli.rowfilter;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.rows.Cells;
import io.shardeddb.crds.TableSpec;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the values of a column compare. */
enum ValueKind {
    /** Numbers, also those that answers give as text. */
    NUMBER("a number"),
    /** Text, and times: by their characters. */
    TEXT("a text"),
    /** True and false. */
    BOOLEAN("true or false"),
    /** Base64: equal or not. */
    BYTES("Base64 text"),
    /** Any JSON value: equal or not. */
    JSON("any JSON value");

    private static final Set<String> NUMBERS = Set.of(
            "NUMBER",
            "TINYINT",
            "SMALLINT",
            "MEDIUMINT",
            "INT",
            "INTEGER",
            "BIGINT",
            "YEAR",
            "DECIMAL",
            "NUMERIC",
            "FLOAT",
            "DOUBLE",
            "REAL");
    private static final Set<String> WHOLE =
            Set.of("NUMBER", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "YEAR");

    private final String words;

    ValueKind(String words) {
        this.words = words;
    }

    /** What an operand has to be. */
    String words() {
        return words;
    }

    /** The kind of a column that the table has. */
    static ValueKind of(TableSpec table, String column) {
        String type = type(table, column);
        if (NUMBERS.contains(type)) {
            return NUMBER;
        }
        if (type.equals("BOOLEAN") || type.equals("BOOL")) {
            return BOOLEAN;
        }
        if (type.equals("JSON")) {
            return JSON;
        }
        return type.contains("BLOB") || type.contains("BINARY") || type.equals("BIT") || type.equals("BYTES")
                ? BYTES
                : TEXT;
    }

    /** Whether the column holds whole numbers, whose order is the order of keys. */
    static boolean isWhole(TableSpec table, String column) {
        return WHOLE.contains(type(table, column));
    }

    private static String type(TableSpec table, String column) {
        @Nullable String type = Cells.type(table, column);
        return type == null ? "" : type.toUpperCase(Locale.ROOT);
    }

    /** Whether values have an order. */
    boolean ordered() {
        return this == NUMBER || this == TEXT;
    }

    /** Whether an operand fits. */
    boolean takes(JsonNode operand) {
        return switch (this) {
            case NUMBER -> operand.isNumber() || (operand.isTextual() && number(operand.asText()) != null);
            case TEXT, BYTES -> operand.isTextual();
            case BOOLEAN -> operand.isBoolean();
            case JSON -> true;
        };
    }

    /** Whether two values that are not null are the same. */
    boolean same(JsonNode value, JsonNode operand) {
        return ordered() ? compare(value, operand) == 0 : value.equals(operand);
    }

    /** The order of two values that are not null, of a kind that is ordered. */
    int compare(JsonNode value, JsonNode operand) {
        if (this == NUMBER) {
            @Nullable BigDecimal first = number(value.asText());
            @Nullable BigDecimal second = number(operand.asText());
            return first == null || second == null
                    ? value.asText().compareTo(operand.asText())
                    : first.compareTo(second);
        }
        return value.asText().compareTo(operand.asText());
    }

    private static @Nullable BigDecimal number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
