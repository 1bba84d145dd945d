package io.shardeddb.server.store.sql;

import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.Identifiers;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of every statement on one user's table. All of it runs on MariaDB 11.4 and on MySQL 8 and 9 alike; golden
 * files hold each shape.
 *
 * <p>Next to the user's columns a table has one of ours: the timestamp of the write that made the row.
 */
public final class TableSql {

    /** The column of the write's timestamp; users cannot give a column this name. */
    static final String TIMESTAMP = Identifiers.quote("_shardeddb_ts");

    /** Start of the names of our indexes in the database, which allows four characters more than a definition. */
    public static final String INDEX_PREFIX = "sdb_";

    private final SqlText sql;
    private final TableDefinition table;
    private final String name;

    public TableSql(SqlText sql, TableDefinition table) {
        this.sql = sql;
        this.table = table;
        this.name = sql.table(table.name());
    }

    /** The table, qualified and quoted. */
    String name() {
        return name;
    }

    public String createTable() {
        List<String> parts = new ArrayList<>();
        for (ColumnDefinition column : table.columns()) {
            parts.add(declare(column));
        }
        parts.add(TIMESTAMP + " BIGINT NOT NULL");
        parts.add("PRIMARY KEY (" + String.join(", ", quoted(table.primaryKey())) + ")");
        table.indexes().forEach(index -> parts.addAll(declarations(index)));
        return "CREATE TABLE IF NOT EXISTS " + name + " (" + String.join(", ", parts) + ")" + SqlText.tableOptions();
    }

    /** Adds a column behind those of the user that are there. */
    public String addColumn(ColumnDefinition column) {
        return "ALTER TABLE " + name + " ADD COLUMN " + declare(column);
    }

    /** Changes the table by some clauses at once: all of them, or none. */
    public String alter(List<String> clauses) {
        return "ALTER TABLE " + name + " " + String.join(", ", clauses);
    }

    /** Gives a column another type, or lets it be NULL or not, where it stands. */
    public static String changing(ColumnDefinition column) {
        return "MODIFY COLUMN " + declare(column);
    }

    public static String dropping(String column) {
        return "DROP COLUMN " + Identifiers.quote(column);
    }

    /** Clauses that give a table an index, all of them in one statement. */
    public static List<String> adding(IndexDefinition index) {
        return index.path() == null ? List.of("ADD " + declare(index)) : new PathIndexSql(index).adding();
    }

    /** Clauses that take an index away, all of them in one statement. */
    public static List<String> dropping(IndexDefinition index) {
        return index.path() == null
                ? List.of("DROP INDEX " + Identifiers.quote(indexName(index.name())))
                : PathIndexSql.dropping(index.name());
    }

    /** What the database calls an index: so ours are told apart from what somebody else may have made. */
    static String indexName(String name) {
        return INDEX_PREFIX + name;
    }

    /** Parameters: all columns in table order, the timestamp. */
    public String insert() {
        return "INSERT INTO " + name + rowOfAllColumns();
    }

    /**
     * Parameters as of {@link #insert}. The primary key is the only unique key, so nothing but the row of this key is
     * replaced.
     */
    public String upsert() {
        return "REPLACE INTO " + name + rowOfAllColumns();
    }

    /** Parameters: the columns to set in the order given, the timestamp, the key. */
    public String update(List<Integer> columns) {
        String sets = columns.stream()
                .map(column -> Identifiers.quote(table.column(column).name()) + " = ?, ")
                .collect(Collectors.joining());
        return "UPDATE " + name + " SET " + sets + TIMESTAMP + " = ? WHERE " + keyEquals("");
    }

    /** Parameters: the key. */
    public String delete() {
        return "DELETE FROM " + name + " WHERE " + keyEquals("");
    }

    /** Which of these keys exist. Parameters: the keys one after the other. */
    public String existingKeys(int keys) {
        return "SELECT " + keyColumns() + " FROM " + name + " t WHERE " + keyIn("t", keys);
    }

    /**
     * Columns of the rows with these keys, their key and their timestamp, as a transaction that changes rows sees them.
     * Parameters: the keys one after the other.
     */
    public String rowsByKeys(List<Integer> columns, int keys) {
        return "SELECT " + columnList(columns) + " FROM " + name + " t WHERE " + keyIn("t", keys);
    }

    /**
     * What readers need of the applied row, then columns of the rows with these keys, their key and their timestamp:
     * state and rows in one view by being one statement. One result row with NULL keys stands for "no row". Parameters:
     * the keys one after the other.
     */
    public String selectByKeys(List<Integer> columns, int keys) {
        return select(columns) + " LEFT JOIN " + name + " t ON " + keyIn("t", keys) + " WHERE a.`id` = 1";
    }

    /**
     * As {@link #selectByKeys} for a range in key order, except that no row at all comes when the range is empty: an
     * outer join would be sorted as a whole. Parameters: those of the range's condition, the number of rows.
     */
    public String selectPage(List<Integer> columns, KeyRange range) {
        return select(columns) + " JOIN " + name + " t ON " + condition(range) + " WHERE a.`id` = 1 ORDER BY "
                + order("t", range.descending()) + " LIMIT ?";
    }

    /**
     * Rows of a range in key order, with their key and timestamp, inside of a view that is open. Parameters as of
     * {@link #selectPage}.
     */
    public String scanPage(List<Integer> columns, KeyRange range) {
        return "SELECT " + columnList(columns) + " FROM " + name + " t WHERE " + condition(range) + " ORDER BY "
                + order("t", range.descending()) + " LIMIT ?";
    }

    private String select(List<Integer> columns) {
        return "SELECT " + SqlText.viewState() + ", " + columnList(columns) + " FROM " + sql.applied() + " a";
    }

    /** The columns wanted, then the key's, then the timestamp. */
    String columnList(List<Integer> columns) {
        List<Integer> all = new ArrayList<>(columns);
        for (int i = 0; i < table.keySize(); i++) {
            all.add(table.keyIndex(i));
        }
        return all.stream().map(column -> readable(table.column(column)) + ", ").collect(Collectors.joining()) + "t."
                + TIMESTAMP;
    }

    /** Decimals and times are read as the database's own text, which is their canonical form. */
    private static String readable(ColumnDefinition column) {
        String quoted = "t." + Identifiers.quote(column.name());
        return switch (column.type()) {
            case ColumnType.DecimalType _, ColumnType.DateType _, ColumnType.TimeType _, ColumnType.DateTimeType _ ->
                "CAST(" + quoted + " AS CHAR)";
            default -> quoted;
        };
    }

    /** Always true for a range without bounds. Parameters: the bounds, as {@link #bound} repeats them. */
    String condition(KeyRange range) {
        List<String> conditions = new ArrayList<>();
        if (range.fromColumns() > 0) {
            conditions.add(bound(range.fromColumns(), ">", !range.fromExclusive()));
        }
        if (range.toColumns() > 0) {
            conditions.add(bound(range.toColumns(), "<", !range.toExclusive()));
        }
        return conditions.isEmpty() ? "1 = 1" : String.join(" AND ", conditions);
    }

    /**
     * A comparison of the key's leading columns: (k1 > ?) OR (k1 = ? AND k2 > ?) ... Row comparisons are not used,
     * because MySQL does not search an index by them; the first column's own bound is repeated in front, because it
     * does by that.
     */
    private String bound(int columns, String comparison, boolean inclusive) {
        List<String> alternatives = new ArrayList<>();
        for (int last = 0; last < columns; last++) {
            List<String> terms = new ArrayList<>();
            for (int i = 0; i < last; i++) {
                terms.add(keyColumn("t", i) + " = ?");
            }
            boolean end = last == columns - 1;
            terms.add(keyColumn("t", last) + " " + comparison + (end && inclusive ? "=" : "") + " ?");
            alternatives.add(String.join(" AND ", terms));
        }
        if (columns == 1) {
            return alternatives.getFirst();
        }
        return keyColumn("t", 0) + " " + comparison + "= ? AND ((" + String.join(") OR (", alternatives) + "))";
    }

    private String rowOfAllColumns() {
        List<String> columns =
                quoted(table.columns().stream().map(ColumnDefinition::name).toList());
        return " (" + String.join(", ", columns) + ", " + TIMESTAMP + ") VALUES (" + "?, ".repeat(columns.size())
                + "?)";
    }

    private String keyEquals(String alias) {
        return IntStream.range(0, table.keySize())
                .mapToObj(i -> keyColumn(alias, i) + " = ?")
                .collect(Collectors.joining(" AND "));
    }

    /** Whether a key is one of some. Parameters: these, one after the other. */
    String keyIn(String alias, int keys) {
        if (keys == 1) {
            return keyEquals(alias);
        }
        if (table.keySize() == 1) {
            return keyColumn(alias, 0) + " IN (" + "?, ".repeat(keys - 1) + "?)";
        }
        return "((" + String.join(") OR (", Collections.nCopies(keys, keyEquals(alias))) + "))";
    }

    /** The order of keys. */
    String order(String alias, boolean descending) {
        return IntStream.range(0, table.keySize())
                .mapToObj(i -> keyColumn(alias, i) + (descending ? " DESC" : ""))
                .collect(Collectors.joining(", "));
    }

    /** The key's columns. */
    String keyColumns() {
        return IntStream.range(0, table.keySize())
                .mapToObj(i -> readable(table.keyColumn(i)))
                .collect(Collectors.joining(", "));
    }

    private String keyColumn(String alias, int i) {
        String quoted = Identifiers.quote(table.keyColumn(i).name());
        return alias.isEmpty() ? quoted : alias + "." + quoted;
    }

    private static List<String> quoted(List<String> names) {
        return names.stream().map(Identifiers::quote).toList();
    }

    private static List<String> declarations(IndexDefinition index) {
        return index.path() == null ? List.of(declare(index)) : new PathIndexSql(index).declarations();
    }

    private static String declare(IndexDefinition index) {
        return "INDEX " + Identifiers.quote(indexName(index.name())) + " (" + String.join(", ", quoted(index.columns()))
                + ")";
    }

    private static String declare(ColumnDefinition column) {
        String quoted = Identifiers.quote(column.name());
        String type = switch (column.type()) {
            // JSON is a type of MySQL alone, which also rewrites the text. Checked text is the same on both.
            case ColumnType.JsonType _ -> "LONGTEXT" + SqlText.charset();
            case ColumnType.StringType string -> string.sql() + SqlText.charset();
            case ColumnType.TextType text -> text.sql() + SqlText.charset();
            default -> column.type().sql();
        };
        String check = column.type() instanceof ColumnType.JsonType ? " CHECK (JSON_VALID(" + quoted + "))" : "";
        return quoted + " " + type + (column.nullable() ? " NULL" : " NOT NULL") + check;
    }
}
