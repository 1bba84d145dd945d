package io.shardeddb.router.http.collections;

import com.fasterxml.jackson.core.JsonGenerator;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.documents.sql.IndexSearch;
import io.shardeddb.documents.sql.Narrowing;
import io.shardeddb.documents.sql.NarrowingText;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.documents.DocumentCollection;
import io.shardeddb.router.documents.Selection;
import io.shardeddb.router.documents.request.FindRequest;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a find would be run, without running it. It says which shards are asked, which part of the filter their databases
 * decide and by which index, and what is decided above them. It also says how the documents are put in order.
 */
@Singleton
final class FindExplanations {

    private final LatestTopology latest;

    FindExplanations(LatestTopology latest) {
        this.latest = latest;
    }

    /**
     * The explanation of a find.
     *
     * @param byKey whether the order that is asked for is the one in which documents are kept
     */
    DirectAnswer explain(String name, FindRequest request, boolean byKey) {
        Filter filter = request.meaning();
        SortOrder order = request.order();
        Topology now = latest.current();
        DocumentCollection collection = DocumentCollection.of(now, name);
        return CollectionAnswers.ok(json -> {
            json.writeStringField("collection", name);
            switch (Selection.of(collection, filter)) {
                case Selection.Keys(List<Row> keys) -> {
                    shards(
                            json,
                            keys.stream()
                                    .map(key -> now.shardOf(collection.table(), key))
                                    .distinct()
                                    .toList());
                    json.writeStringField("access", "keys");
                    json.writeNumberField("keys", keys.size());
                    json.writeStringField("router", "decides the whole filter on each of these documents");
                }
                case Selection.Range(KeyRange range) -> {
                    shards(json, range.shards(now, collection.table()));
                    range(json, collection, filter);
                }
            }
            json.writeStringField(
                    "sort",
                    byKey
                            ? "none: documents are kept in the order of _id"
                            : "in the router's memory, "
                                    + (order.parts().isEmpty() ? "by _id" : "by all of the order"));
        });
    }

    private static void shards(JsonGenerator json, List<ShardEntry> shards) throws IOException {
        json.writeArrayFieldStart("shards");
        for (ShardEntry shard : shards) {
            json.writeString(shard.name());
        }
        json.writeEndArray();
    }

    private static void range(JsonGenerator json, DocumentCollection collection, Filter filter) throws IOException {
        Map<String, String> indexes = new LinkedHashMap<>();
        for (IndexDefinition index : collection.table().indexes()) {
            if (index.path() != null) {
                indexes.putIfAbsent(index.path(), index.name());
            }
        }
        Narrowing narrowing = Narrowing.of(filter, "`doc`");
        boolean narrows = narrowing.narrows() && !NarrowingText.of(filter).isEmpty();
        Optional<IndexSearch> search = narrows ? IndexSearch.of(filter, indexes.keySet()) : Optional.empty();
        json.writeStringField("access", search.isPresent() ? "indexes" : "all documents of these shards");
        if (search.isPresent()) {
            json.writeArrayFieldStart("indexes");
            for (IndexLookup lookup : search.get().lookups()) {
                json.writeStartObject();
                json.writeStringField("index", indexes.getOrDefault(lookup.path(), ""));
                json.writeStringField("path", lookup.path());
                json.writeStringField("as", lookup.numbers() ? "numbers" : "texts");
                json.writeNumberField("ranges", lookup.ranges().size());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (narrows) {
            json.writeObjectFieldStart("sql");
            json.writeStringField("condition", narrowing.condition());
            json.writeArrayFieldStart("parameters");
            for (Object parameter : narrowing.parameters()) {
                json.writeObject(parameter);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeStringField("router", "decides the whole filter on each document that comes");
        json.writeArrayFieldStart("routerAlone");
        for (String left : narrowing.left()) {
            json.writeString(left);
        }
        json.writeEndArray();
    }
}
