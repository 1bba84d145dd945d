package io.shardeddb.server.store.sql;

import io.shardeddb.protocol.schema.Identifiers;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.RowSize;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An index of the values at a path of a JSON column. The database keeps two columns of our own for it, which it
 * computes itself, and an index of each:
 *
 * <ul>
 *   <li>the value's JSON, of which the first bytes count; a brace for an object. A text has its quotes, because
 *       MariaDB loses characters beyond 16 bits where it takes them away
 *   <li>the value as a number, where it is one
 * </ul>
 *
 * <p>Where an array is at the path or on the way to it, the document has no single value there. Both columns then hold
 * a mark, {@link #ARRAY_TEXT} and {@link #ARRAY_NUMBER}. Who searches by the index takes these rows too, and decides on
 * them otherwise. The columns are never read by anybody else: rows, copies and checksums have none of them.
 */
public final class PathIndexSql {

    /** What the text column holds where there is an array. */
    public static final String ARRAY_TEXT = "[";

    /** What the number column holds where there is an array: the least double. */
    public static final double ARRAY_NUMBER = -Double.MAX_VALUE;

    /** Bytes of the text that are kept. */
    public static final int TEXT_BYTES = RowSize.PATH_INDEX_TEXT;

    static final String TEXT_PREFIX = "_shardeddb_t_";
    static final String NUMBER_PREFIX = "_shardeddb_n_";
    private static final String NUMBER_INDEX_PREFIX = "sdn_";

    /** Form of the expressions. Another form gets another number, and columns of this one are made again. */
    private static final String FORM = "sdb1";

    private static final Pattern COMMENT = Pattern.compile(FORM + ":([^:]+):(.+)");

    private final IndexDefinition index;
    private final String path;

    /** @param index of a path */
    public PathIndexSql(IndexDefinition index) {
        this.index = index;
        this.path = Objects.requireNonNull(index.path(), "an index of a path");
    }

    /** Name of the column that holds the value's JSON, in quotes. Its type is VARBINARY. */
    public String textColumn() {
        return Identifiers.quote(TEXT_PREFIX + index.name());
    }

    /** Name of the column that holds the value as a number, in quotes. Its type is DOUBLE. */
    public String numberColumn() {
        return Identifiers.quote(NUMBER_PREFIX + index.name());
    }

    /** Name of the index of {@link #textColumn}, in quotes. */
    public String textIndexName() {
        return Identifiers.quote(TableSql.indexName(index.name()));
    }

    /** Name of the index of {@link #numberColumn}, in quotes. */
    public String numberIndexName() {
        return Identifiers.quote(NUMBER_INDEX_PREFIX + index.name());
    }

    /** Whether a column of the database is one of these. */
    public static boolean isColumn(String name) {
        return name.startsWith(TEXT_PREFIX) || name.startsWith(NUMBER_PREFIX);
    }

    /**
     * An index as the database's catalogue tells of it. One of a path in another form has a path that no definition
     * has, so it is made again.
     *
     * @param name of the index in a definition
     * @param columns of the database's index, in order
     * @param comment of the last one
     */
    public static IndexDefinition told(String name, List<String> columns, String comment) {
        if (!columns.getLast().startsWith(TEXT_PREFIX)) {
            return new IndexDefinition(name, columns);
        }
        Matcher told = COMMENT.matcher(comment);
        return told.matches()
                ? new IndexDefinition(name, List.of(told.group(1)), told.group(2))
                : new IndexDefinition(name, columns, comment);
    }

    /** Columns and indexes, as a new table has them. */
    List<String> declarations() {
        return List.of(text(), number(), textIndex(), numberIndex());
    }

    /** Clauses that give them to a table. The database writes the whole table for it. */
    List<String> adding() {
        return List.of("ADD COLUMN " + text(), "ADD COLUMN " + number(), "ADD " + textIndex(), "ADD " + numberIndex());
    }

    /** Clauses that take them away. */
    static List<String> dropping(String name) {
        return List.of(
                "DROP INDEX " + Identifiers.quote(TableSql.indexName(name)),
                "DROP INDEX " + Identifiers.quote(NUMBER_INDEX_PREFIX + name),
                "DROP COLUMN " + Identifiers.quote(TEXT_PREFIX + name),
                "DROP COLUMN " + Identifiers.quote(NUMBER_PREFIX + name));
    }

    private String textIndex() {
        return "INDEX " + textIndexName() + " (" + textColumn() + ")";
    }

    private String numberIndex() {
        return "INDEX " + numberIndexName() + " (" + numberColumn() + ")";
    }

    private String text() {
        String value = value(names().size());
        return textColumn() + " VARBINARY(" + TEXT_BYTES + ") GENERATED ALWAYS AS (CASE WHEN " + array() + " THEN '"
                + ARRAY_TEXT + "' WHEN JSON_TYPE(" + value + ") = 'OBJECT' THEN '{' ELSE LEFT(CAST(CAST("
                + value + " AS CHAR CHARACTER SET utf8mb4) AS BINARY), " + TEXT_BYTES + ") END) STORED COMMENT '" + FORM
                + ":"
                + index.columns().getFirst() + ":" + path + "'";
    }

    /** Adding zero makes a double of the text of a number, on both engines. */
    private String number() {
        String value = value(names().size());
        return numberColumn() + " DOUBLE GENERATED ALWAYS AS (CASE WHEN " + array() + " THEN " + ARRAY_NUMBER
                + " WHEN JSON_TYPE(" + value + ") IN ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') THEN"
                + " JSON_UNQUOTE(" + value + ") + 0E0 END) STORED";
    }

    /** Whether an array is at the path or on the way to it. */
    private String array() {
        StringBuilder any = new StringBuilder();
        for (int depth = 1; depth <= names().size(); depth++) {
            any.append(any.isEmpty() ? "" : " OR ")
                    .append("JSON_TYPE(")
                    .append(value(depth))
                    .append(") = 'ARRAY'");
        }
        return any.toString();
    }

    /** The value at the path's first names. They have no quotes and no backslashes. */
    private String value(int depth) {
        String members =
                names().stream().limit(depth).map(name -> ".\"" + name + "\"").collect(Collectors.joining());
        return "JSON_EXTRACT(" + Identifiers.quote(index.columns().getFirst()) + ", '$" + members + "')";
    }

    private List<String> names() {
        return Arrays.asList(path.split("\\.", -1));
    }
}
