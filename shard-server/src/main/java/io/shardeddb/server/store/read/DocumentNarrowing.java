package io.shardeddb.server.store.read;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.documents.sql.IndexSearch;
import io.shardeddb.documents.sql.Narrowing;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.sql.FilterSql;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a collection a request's filter leaves. The reader decides on those that come.
 *
 * @param condition that they meet
 * @param lookups that find all of them; empty: none do
 * @param indexes of the table, by their paths
 */
record DocumentNarrowing(Narrowing condition, List<IndexLookup> lookups, Map<String, IndexDefinition> indexes) {

    /** Null: all rows are to come. So it is too if the filter is of a version that is not understood here. */
    static @Nullable DocumentNarrowing of(String filter, TableDefinition table) {
        if (filter.isEmpty() || !(table.columns().getLast().type() instanceof ColumnType.JsonType)) {
            return null;
        }
        Filter parsed;
        try {
            parsed = Filter.parse(DocumentValue.parse(filter), new Place("filter"));
        } catch (DatabaseException | IllegalArgumentException e) {
            return null;
        }
        Narrowing condition = Narrowing.of(parsed, FilterSql.documents(table));
        if (!condition.narrows()) {
            return null;
        }
        Map<String, IndexDefinition> indexes = new HashMap<>();
        String column = table.columns().getLast().name();
        for (IndexDefinition index : table.indexes()) {
            if (index.path() != null && index.columns().equals(List.of(column))) {
                indexes.putIfAbsent(index.path(), index);
            }
        }
        List<IndexLookup> lookups = IndexSearch.of(parsed, indexes.keySet())
                .map(IndexSearch::lookups)
                .orElse(List.of());
        return new DocumentNarrowing(condition, lookups, indexes);
    }
}
