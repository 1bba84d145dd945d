package io.shardeddb.server.store.sql;

import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.documents.sql.IndexRange;
import io.shardeddb.protocol.schema.Identifiers;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The text of statements that find the documents of a filter in a collection's table, inside of a view that is open. As
 * of {@link TableSql}, golden files hold their shapes.
 */
public final class FilterSql {

    private final TableSql table;

    public FilterSql(TableSql table) {
        this.table = table;
    }

    /** The column of the documents, for conditions. */
    public static String documents(TableDefinition table) {
        return "t." + Identifiers.quote(table.columns().getLast().name());
    }

    /**
     * The key at a place of a range, from 0. No row comes when the range has fewer. Parameters: those of the range's
     * condition, the place.
     */
    public String keyAt(KeyRange range) {
        return "SELECT " + table.keyColumns() + " FROM " + table.name() + " t WHERE " + table.condition(range)
                + " ORDER BY " + table.order("t", range.descending()) + " LIMIT 1 OFFSET ?";
    }

    /**
     * Rows of a range that meet a condition, in key order. Parameters: those of the range's condition, those of the
     * condition, the number of rows.
     */
    public String rows(List<Integer> columns, KeyRange range, String condition) {
        return "SELECT " + table.columnList(columns) + " FROM " + table.name() + " t WHERE " + table.condition(range)
                + " AND " + condition + " ORDER BY " + table.order("t", range.descending()) + " LIMIT ?";
    }

    /**
     * Rows with some keys that meet a condition, in key order. Parameters: the keys one after the other, those of the
     * condition.
     */
    public String rowsByKeys(List<Integer> columns, int keys, String condition, boolean descending) {
        return "SELECT " + table.columnList(columns) + " FROM " + table.name() + " t WHERE " + table.keyIn("t", keys)
                + " AND " + condition + " ORDER BY " + table.order("t", descending);
    }

    /**
     * Keys that a lookup finds in an index, in no order. The index holds the keys too, so no row is read. Parameters:
     * those of {@link #parameters}, those of the range's condition, the number of keys.
     */
    public String lookup(IndexDefinition definition, IndexLookup lookup, KeyRange range) {
        PathIndexSql index = new PathIndexSql(definition);
        String column = "t." + (lookup.numbers() ? index.numberColumn() : index.textColumn());
        List<String> conditions = new ArrayList<>();
        // The mark of arrays is one value more.
        int values =
                1 + (int) lookup.ranges().stream().filter(IndexRange::isSingle).count();
        conditions.add(column + " IN (" + String.join(", ", Collections.nCopies(values, "?")) + ")");
        lookup.ranges().stream()
                .filter(each -> !each.isSingle())
                .forEach(each -> conditions.add(column + " BETWEEN ? AND ?"));
        return "SELECT " + table.keyColumns() + " FROM " + table.name() + " t FORCE INDEX ("
                + (lookup.numbers() ? index.numberIndexName() : index.textIndexName()) + ") WHERE ("
                + String.join(" OR ", conditions) + ") AND " + table.condition(range) + " LIMIT ?";
    }

    /** What a lookup asks of the index: the mark of arrays, its single values, and the ends of its ranges. */
    public static List<Object> parameters(IndexLookup lookup) {
        List<Object> parameters = new ArrayList<>();
        parameters.add(lookup.numbers() ? PathIndexSql.ARRAY_NUMBER : bytes(PathIndexSql.ARRAY_TEXT));
        lookup.ranges().stream().filter(IndexRange::isSingle).forEach(each -> parameters.add(least(each)));
        lookup.ranges().stream().filter(each -> !each.isSingle()).forEach(each -> {
            parameters.add(least(each));
            parameters.add(greatest(each));
        });
        return parameters;
    }

    private static Object least(IndexRange range) {
        return switch (range) {
            case IndexRange.Numbers(double least, double _) -> least;
            case IndexRange.Texts(String least, String _) -> bytes(least);
        };
    }

    private static Object greatest(IndexRange range) {
        return switch (range) {
            case IndexRange.Numbers(double _, double greatest) -> greatest;
            case IndexRange.Texts(String _, String greatest) -> bytes(greatest);
        };
    }

    private static byte[] bytes(String characters) {
        return characters.getBytes(StandardCharsets.ISO_8859_1);
    }
}
