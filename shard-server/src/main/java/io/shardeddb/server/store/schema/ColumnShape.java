package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a column is, spelled the same whether it comes from a definition or from the catalogue of MariaDB or of MySQL.
 *
 * @param type the declared type in small letters, integers without their display width, which only one of the two tells
 * @param nullable whether it may be NULL
 * @param collation of text; empty for anything else
 */
record ColumnShape(String type, boolean nullable, String collation) {

    private static final Pattern DISPLAY_WIDTH = Pattern.compile("^(tinyint|smallint|mediumint|int|bigint)\\(\\d+\\)");

    /** As a definition has it. */
    static ColumnShape of(ColumnDefinition column) {
        return switch (column.type()) {
            case ColumnType.JsonType _ -> text("longtext", column);
            case ColumnType.StringType string -> text(string.sql(), column);
            case ColumnType.TextType text -> text(text.sql(), column);
            default -> new ColumnShape(spelled(column.type().sql()), column.nullable(), "");
        };
    }

    private static ColumnShape text(String sql, ColumnDefinition column) {
        return new ColumnShape(spelled(sql), column.nullable(), "utf8mb4_bin");
    }

    /**
     * As {@code information_schema.COLUMNS} has it.
     *
     * @param type COLUMN_TYPE
     * @param nullable IS_NULLABLE: YES or NO
     * @param collation COLLATION_NAME; absent for what is no text
     */
    static ColumnShape ofCatalogue(String type, String nullable, @Nullable String collation) {
        return new ColumnShape(spelled(type), nullable.equalsIgnoreCase("YES"), collation == null ? "" : collation);
    }

    private static String spelled(String type) {
        return DISPLAY_WIDTH
                .matcher(type.toLowerCase(Locale.ROOT).replace(", ", ",").strip())
                .replaceFirst("$1");
    }

    @Override
    public String toString() {
        return type + (nullable ? " NULL" : " NOT NULL") + (collation.isEmpty() ? "" : " COLLATE " + collation);
    }
}
