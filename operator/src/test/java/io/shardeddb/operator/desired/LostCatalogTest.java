package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.crds.catalog.CatalogShard;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A catalog that is made again after its record was lost lacks no shard that may hold rows: readers would get answers
 * that are not whole.
 */
class LostCatalogTest {

    private static ShardedDatabase database() {
        ShardedDatabase database = Serialization.unmarshal("""
                {"spec": {"servers": {"count": 1}, "replication": {"replicas": 1},
                  "sharding": {"strategy": "Range"},
                  "shards": [{"name": "sh1", "low": 0, "size": 10}, {"name": "sh2", "low": 10, "size": 10}],
                  "tables": [{"name": "t", "shardKey": "id", "primaryKey": ["id"], "columns": [
                    {"name": "id", "type": "BIGINT", "nullable": false}]}]}}
                """, ShardedDatabase.class);
        database.setMetadata(new ObjectMetaBuilder()
                .withName("orders")
                .withNamespace("production")
                .withUid(new UUID(1, 1).toString())
                .withGeneration(9L)
                .build());
        ShardedDatabase told = Serialization.unmarshal(
                "{\"status\": {\"schemaVersion\": 4, \"schemaHash\": \"" + Schemas.hash(database.getSpec())
                        + "\", \"catalogRevision\": 7}}",
                ShardedDatabase.class);
        database.setStatus(told.getStatus());
        return database;
    }

    /** A shard that was started, as its object shows it. */
    private static Shard shard(String name, long from, @Nullable Long version) {
        Shard shard =
                Serialization.unmarshal("""
                {"metadata": {"name": "orders-%s"}, "spec": {"name": "%s", "database": "orders",
                  "group": "%s", "bootstrapMember": "0000000000005eed0000000000000004",
                  "interval": {"from": %d, "to": %d}, "epoch": 1,
                  "replicas": [{"server": "server-0", "address": "orders-server-0-0:7000"}]}}
                """.formatted(name, name, new UUID(3, from), from, from + 10), Shard.class);
        if (version != null) {
            shard.setStatus(Serialization.unmarshal("{\"status\": {\"schemaVersion\": " + version + "}}", Shard.class)
                    .getStatus());
        }
        return shard;
    }

    private static @Nullable Catalog catalog(AcceptedRecord record, ShardedDatabase database) {
        String json = record.object(database, null, Instant.EPOCH).getData().get(Catalog.KEY);
        return json == null ? null : Serialization.unmarshal(json, Catalog.class);
    }

    private static List<String> names(AcceptedRecord record, ShardedDatabase database) {
        Catalog catalog = Objects.requireNonNull(catalog(record, database));
        return catalog.shards().stream().map(CatalogShard::name).toList();
    }

    /** Nobody knows any more which of them were used. */
    @Test
    void countsAllThatIsAllowedAsSpent() {
        ShardedDatabase database = database();
        database.getMetadata()
                .setAnnotations(Map.of(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION, "drop orders.note; rebuild orders"));
        assertThat(AcceptedRecord.first(database).permissions().spent())
                .containsExactlyInAnyOrder("drop orders.note", "rebuild orders");
        database.setStatus(null);
        assertThat(AcceptedRecord.first(database).permissions())
                .as("a database that begins has used none")
                .isEqualTo(UsedPermissions.NONE);
    }

    @Test
    void waitsForAShardOfWhichNobodyKnowsItsTables() {
        ShardedDatabase database = database();
        AcceptedRecord lost = AcceptedRecord.first(database);
        AcceptedRecord unknown = lost.seen(List.of(shard("sh1", 0, 4L), shard("sh2", 10, null)));
        assertThat(catalog(unknown, database)).isNull();
        AcceptedRecord known = unknown.seen(List.of(shard("sh1", 0, 4L), shard("sh2", 10, 4L)));
        assertThat(names(known, database)).containsExactly("sh1", "sh2");
    }

    @Test
    void waitsForAShardThatTheSpecLeavesOut() {
        ShardedDatabase database = database();
        Shard left = shard("old", 20, null);
        AcceptedRecord unknown =
                AcceptedRecord.first(database).seen(List.of(shard("sh1", 0, 4L), shard("sh2", 10, 4L), left));
        assertThat(catalog(unknown, database)).isNull();
    }

    /** Otherwise nobody would look for the rest of its rows, and a range would be answered without them. */
    @Test
    void aShardThatWasEditedToOwnLessKeepsWhatTheSpecGivesIt() {
        ShardedDatabase database = database();
        Shard narrow = shard("sh2", 10, 4L);
        narrow.setSpec(
                Serialization.unmarshal(Serialization.asJson(narrow).replace("\"to\":20", "\"to\":15"), Shard.class)
                        .getSpec());
        assertThat(narrow.getSpec().interval()).isEqualTo(new IntervalSpec(10L, 15L));
        AcceptedRecord lost = AcceptedRecord.first(database).seen(List.of(shard("sh1", 0, 4L), narrow));
        assertThat(Objects.requireNonNull(catalog(lost, database))
                        .shards()
                        .getLast()
                        .interval())
                .isEqualTo(new IntervalSpec(10L, 20L));
        AcceptedRecord.KnownGroup later =
                lost.seen(List.of(shard("sh1", 0, 4L), narrow)).groups().get("sh2");
        assertThat(Objects.requireNonNull(later).interval()).isEqualTo(new IntervalSpec(10L, 20L));
    }

    @Test
    void doesNotWaitForAShardThatComesLater() {
        ShardedDatabase database = database();
        AcceptedRecord whole = AcceptedRecord.first(database).seen(List.of(shard("sh1", 0, 4L), shard("sh2", 10, 4L)));
        AcceptedRecord grown = whole.seen(List.of(shard("sh1", 0, 4L), shard("sh2", 10, 4L), shard("sh3", 20, null)));
        assertThat(names(grown, database)).containsExactly("sh1", "sh2");
        assertThat(grown.inForce()).isEqualTo(whole.inForce());
    }
}
