package io.shardeddb.cli.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.json.Json;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows from a change of a database, with its tables held against those in force. */
final class TablePlan {

    /** How {@code --allow} explains itself. */
    static final String ALLOW = "Allow a change of tables: 'drop TABLE', 'drop TABLE.COLUMN' or 'rebuild TABLE'."
            + " May be given several times. It stands in the annotation shardeddb.io/allow-table-changes.";

    private TablePlan() {}

    /**
     * All that follows. The tables of the stored specification may be refused, withheld or under way, so those in force
     * count.
     *
     * @param before the database as it is stored; absent when it is new
     * @param after the database as it is to be stored, with the API's defaults
     */
    static Consequences of(Cluster connected, @Nullable JsonNode before, JsonNode after)
            throws JsonProcessingException {
        ShardedDatabaseSpec old = before == null ? null : specification(before);
        ShardedDatabaseSpec inForce = old == null
                ? null
                : connected
                        .tablesInForce(after.path("metadata").path("name").asText())
                        .map(old.withCollections(List.of(), List.of())::withTables)
                        .orElse(old);
        return Consequences.of(old, specification(after), inForce, Manifests.permissions(after));
    }

    /** What follows for the tables alone, and what is refused. */
    static List<String> lines(Cluster connected, JsonNode before, JsonNode after) throws JsonProcessingException {
        Consequences consequences = of(connected, before, after);
        List<String> lines = new ArrayList<>(consequences.sentences().stream()
                .filter(sentence -> sentence.startsWith("tables: "))
                .toList());
        consequences.refusals().forEach(refusal -> lines.add("REFUSED by the operator: " + refusal));
        return lines;
    }

    private static ShardedDatabaseSpec specification(JsonNode database) throws JsonProcessingException {
        return Json.LENIENT.treeToValue(database, ShardedDatabase.class).getSpec();
    }
}
