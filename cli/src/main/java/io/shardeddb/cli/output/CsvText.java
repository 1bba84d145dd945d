package io.shardeddb.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values as RFC 4180 has them. */
public final class CsvText {

    private CsvText() {}

    /** One line of fields, without its end. A field is in quotes where it has to be. */
    public static String line(List<String> fields) {
        if (fields.size() == 1 && fields.getFirst().isEmpty()) {
            // A blank line would be no record.
            return "\"\"";
        }
        return fields.stream().map(CsvText::field).collect(Collectors.joining(","));
    }

    /** A value as a field: nothing for null and for what is missing, and JSON for objects and arrays. */
    public static String cell(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return value.isTextual() ? value.asText() : value.toString();
    }

    private static String field(String text) {
        boolean quotes = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quotes ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
