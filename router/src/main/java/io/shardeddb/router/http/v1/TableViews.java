package io.shardeddb.router.http.v1;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.json.RowOutput;
import io.shardeddb.router.route.Projection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What reads of whole rows need of each table, made once for a schema. */
final class TableViews {

    private volatile @Nullable Made made;

    private record Made(DatabaseSchema schema, Map<String, View> views) {}

    /** Columns and how they are written. */
    record Columns(Projection projection, RowOutput output) {
        static Columns of(TableDefinition table, Projection projection) {
            return new Columns(projection, new RowOutput(table, projection.wanted(), true));
        }
    }

    /** A table, and all of its columns. */
    record View(TableDefinition table, Columns all) {

        /**
         * The columns named in a query; all when none are. @throws io.shardeddb.protocol.error.DatabaseException of
         * kind INVALID
         */
        Columns columns(List<String> names) {
            return names.isEmpty() ? all : Columns.of(table, RangeQuery.projection(table, names));
        }
    }

    /**
     * A table's view.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException UNKNOWN_TABLE
     */
    View of(DatabaseSchema schema, String table) {
        Made last = made;
        if (last == null || isAnother(schema, last.schema)) {
            Map<String, View> views = new HashMap<>();
            for (TableDefinition each : schema.tables()) {
                views.put(each.name(), new View(each, Columns.of(each, Projection.all(each))));
            }
            last = new Made(schema, views);
            made = last;
        }
        View view = last.views.get(table);
        if (view != null) {
            return view;
        }
        // Says which tables there are.
        TableDefinition found = schema.table(table);
        return new View(found, Columns.of(found, Projection.all(found)));
    }

    @SuppressWarnings(
            "ReferenceEquality") // An equal one may be made again: that costs little, comparing at each read much.
    private static boolean isAnother(DatabaseSchema one, DatabaseSchema other) {
        return one != other;
    }
}
