package io.shardeddb.router.fake;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadRequest;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;

/** Which rows a range selects. */
final class FakeRange {

    private FakeRange() {}

    static long firstKey(RangeSelection range) {
        if (!range.hasFrom() || !(RowCodec.decode(range.getFrom()).get(0) instanceof Value.Int64(long key))) {
            return 0;
        }
        return range.getFromExclusive() ? key + 1 : key;
    }

    /** The whole rows that a read selects: in the order of its keys, or of its range. */
    static Stream<Row> selected(TableDefinition table, NavigableMap<Row, Row> rows, ReadRequest request) {
        if (request.hasKeys()) {
            return request.getKeys().getKeysList().stream()
                    .map(key -> rows.get(RowCodec.decode(key, table.keySize())))
                    .filter(row -> row != null);
        }
        RangeSelection range = request.getRange();
        return (range.getDescending() ? rows.descendingMap() : rows)
                .entrySet().stream()
                        .filter(entry -> within(table, range, entry.getKey()))
                        .map(Map.Entry::getValue);
    }

    /** The rows that match a filter of documents, if there is one. */
    static Stream<Row> narrowed(Stream<Row> rows, String filter) {
        if (filter.isEmpty()) {
            return rows;
        }
        Filter parsed = Filter.parse(DocumentValue.parse(filter), new Place("filter"));
        return rows.filter(row -> row.get(row.size() - 1) instanceof Value.Text(String json)
                && parsed.matches(DocumentValue.parse(json)));
    }

    /** Some columns of a row; all, if none is named. */
    static Row projected(Row row, List<Integer> columns) {
        return columns.isEmpty() ? row : new Row(columns.stream().map(row::get).toList());
    }

    static boolean within(TableDefinition table, RangeSelection range, Row key) {
        if (range.hasFrom()) {
            int order = prefix(table, key, RowCodec.decode(range.getFrom()));
            if (order < 0 || (order == 0 && range.getFromExclusive())) {
                return false;
            }
        }
        if (range.hasTo()) {
            int order = prefix(table, key, RowCodec.decode(range.getTo()));
            return order < 0 || (order == 0 && !range.getToExclusive());
        }
        return true;
    }

    private static int prefix(TableDefinition table, Row key, Row bound) {
        return table.compareKeys(new Row(key.values().subList(0, bound.size())), bound);
    }
}
