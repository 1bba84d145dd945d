package io.shardeddb.cli.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.rows.Cells;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values as fields of CSV, and back: what is written here is read as the same value. Pure.
 *
 * <p>A column's type says how its fields read. NULL is {@code \N} in a column of texts or bytes, where an empty field
 * is an empty value, and an empty field in all others. Members of documents have no types: a field that reads as JSON
 * is that, so a text that would read as something else is written as a JSON string.
 */
public final class CsvFields {

    /** NULL in a column of texts or bytes, as MySQL writes it. */
    private static final String NULL = "\\N";

    /** NULL, and what would be taken for it without one backslash more. */
    private static final Pattern LIKE_NULL = Pattern.compile("\\\\+N");

    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,18})");
    private static final Pattern REAL = Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CsvFields() {}

    /**
     * A cell of a table.
     *
     * @param type as {@link Cells#type} gives it
     */
    public static String cell(JsonNode value, @Nullable String type) {
        if (value.isMissingNode() || value.isNull()) {
            return mayBeEmpty(type) ? NULL : "";
        }
        if ("JSON".equals(type) || !value.isTextual()) {
            return value.toString();
        }
        String text = value.asText();
        return mayBeEmpty(type) && LIKE_NULL.matcher(text).matches() ? "\\" + text : text;
    }

    /**
     * What a field of a table's column says.
     *
     * @param type as {@link Cells#type} gives it
     */
    public static JsonNode cellValue(String field, @Nullable String type) {
        if (mayBeEmpty(type)) {
            boolean marked = LIKE_NULL.matcher(field).matches();
            return field.equals(NULL) ? JSON.nullNode() : JSON.textNode(marked ? field.substring(1) : field);
        }
        if (field.isEmpty()) {
            return JSON.nullNode();
        }
        if ("JSON".equals(type)) {
            return json(field);
        }
        if ("BOOLEAN".equals(type) || "BOOL".equals(type)) {
            return switch (field) {
                case "true", "1" -> JSON.booleanNode(true);
                case "false", "0" -> JSON.booleanNode(false);
                default -> JSON.textNode(field);
            };
        }
        return Cells.value(field, type);
    }

    /** A member of a document; empty when it has none. */
    public static String member(JsonNode value) {
        if (value.isMissingNode()) {
            return "";
        }
        return value.isTextual() && memberValue(value.asText()).equals(value) ? value.asText() : value.toString();
    }

    /** What a field says of a document's member; missing when it is empty. */
    public static JsonNode memberValue(String field) {
        if (field.isEmpty()) {
            return JSON.missingNode();
        }
        if (WHOLE.matcher(field).matches()) {
            try {
                return JSON.numberNode(Long.parseLong(field));
            } catch (NumberFormatException e) {
                // No document holds a larger whole number, so it is a text.
                return JSON.textNode(field);
            }
        }
        boolean meantAsJson = field.equals("true")
                || field.equals("false")
                || field.equals("null")
                || REAL.matcher(field).matches()
                || field.startsWith("{")
                || field.startsWith("[")
                || field.startsWith("\"");
        return meantAsJson ? json(field) : JSON.textNode(field);
    }

    /** Whether an empty field is a value of such a column. */
    private static boolean mayBeEmpty(@Nullable String type) {
        return type != null
                && (type.equals("STRING")
                        || type.endsWith("CHAR")
                        || type.endsWith("TEXT")
                        || type.endsWith("BINARY")
                        || type.endsWith("BLOB"));
    }

    private static JsonNode json(String field) {
        try {
            return JsonText.value(field, "the field");
        } catch (CommandFailure e) {
            // It only looked like JSON, so it is a text.
            return JSON.textNode(field);
        }
    }
}
