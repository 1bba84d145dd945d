package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardeddb.crds.TableSpec;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns text, from a CSV file or the command line, into the JSON value that a column takes. The router checks it. */
public final class Cells {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Set<String> INTEGERS =
            Set.of("NUMBER", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "YEAR", "BOOLEAN", "BOOL");
    private static final Set<String> REALS = Set.of("FLOAT", "DOUBLE", "REAL");

    private Cells() {}

    /** The type of a column in capitals without parameters; null when table or column are not known. */
    public static @Nullable String type(@Nullable TableSpec table, String column) {
        if (table == null) {
            return null;
        }
        return table.columns().stream()
                .filter(candidate -> candidate.name().equals(column))
                .map(candidate -> candidate.type().toUpperCase(Locale.ROOT).split("[( ]", 2)[0])
                .findFirst()
                .orElse(null);
    }

    /**
     * The value of a text.
     *
     * @param type as {@link #type} gives it; null: whatever the text looks like
     */
    public static JsonNode value(String text, @Nullable String type) {
        boolean integer = text.matches("[+-]?[0-9]{1,20}");
        if (integer && (type == null || INTEGERS.contains(type) || REALS.contains(type))) {
            return JSON.numberNode(new BigInteger(text));
        }
        if (text.matches("[+-]?[0-9]*\\.?[0-9]+([eE][+-]?[0-9]+)?") && type != null && REALS.contains(type)) {
            return JSON.numberNode(Double.parseDouble(text));
        }
        if (type == null && text.equals("null")) {
            return JSON.nullNode();
        }
        return JSON.textNode(text);
    }
}
