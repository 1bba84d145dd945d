package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.catalog.Catalog;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Routers keep the highest revision that they have seen: one that falls would keep them on old tables for ever. */
class CatalogRevisionTest {

    private static final AcceptedRecord RECORD = record(Serialization.unmarshal("""
            {"servers": {"count": 1}, "sharding": {"strategy": "Hash", "shardCount": 1}, "replication": {"replicas": 1},
             "tables": [{"name": "t", "shardKey": "id", "primaryKey": ["id"], "columns": [
                {"name": "id", "type": "BIGINT", "nullable": false}]}]}
            """, ShardedDatabaseSpec.class));

    private static AcceptedRecord record(ShardedDatabaseSpec spec) {
        return new AcceptedRecord(
                spec,
                1,
                "0",
                TableSteps.ADDITIONS,
                new AcceptedRecord.TablesInForce(1, "0", spec.tables(), List.of()),
                List.of(),
                Map.of(),
                Map.of());
    }

    private static ShardedDatabase database(@Nullable Long told) {
        ShardedDatabase database = Serialization.unmarshal(
                "{\"status\": {" + (told == null ? "" : "\"catalogRevision\": " + told) + "}}", ShardedDatabase.class);
        database.setMetadata(new ObjectMetaBuilder()
                .withName("orders")
                .withNamespace("production")
                .withUid(new UUID(1, 1).toString())
                .build());
        return database;
    }

    private static ConfigMap write(@Nullable Long told, @Nullable ConfigMap before) {
        return RECORD.object(database(told), before, Instant.EPOCH);
    }

    private static long revision(ConfigMap map) {
        return Serialization.unmarshal(map.getData().get(Catalog.KEY), Catalog.class)
                .revision();
    }

    /** The same object with a catalog that somebody has given another revision. */
    private static ConfigMap edited(ConfigMap map, long revision) {
        Catalog catalog = Serialization.unmarshal(map.getData().get(Catalog.KEY), Catalog.class);
        return new ConfigMapBuilder(map)
                .addToData(Catalog.KEY, ContentHash.canonical(catalog.withRevision(revision)))
                .build();
    }

    @Test
    void beginsWithOneAndStaysWhileNothingChanges() {
        ConfigMap first = write(null, null);
        assertThat(revision(first)).isEqualTo(1);
        assertThat(write(null, first)).isEqualTo(first);
        assertThat(write(1L, first)).isEqualTo(first);
    }

    /** The status, the mark and the catalog go back together; nothing that is left tells of the later revisions. */
    @Test
    void growsOverAllEarlierOnesWhenKubernetesIsRestored() {
        Instant published = Instant.parse("2026-01-01T00:00:00Z");
        AcceptedRecord other = new AcceptedRecord(
                RECORD.spec(),
                2,
                "0",
                TableSteps.ADDITIONS,
                new AcceptedRecord.TablesInForce(2, "0", RECORD.spec().tables(), List.of()),
                List.of(),
                Map.of(),
                Map.of());
        ConfigMap old = RECORD.object(database(null), null, published);
        ConfigMap lost = old;
        for (int change = 1; change <= 20; change++) {
            lost = edited(lost, revision(lost) + 1);
        }
        ConfigMap next = other.object(database(revision(old)), old, published.plusSeconds(60));
        assertThat(revision(next)).isGreaterThan(revision(lost)).isLessThan(Catalog.MOST_REVISION);
        assertThat(revision(other.object(database(null), null, published.minusSeconds(60))))
                .isEqualTo(published.minusSeconds(60).toEpochMilli());
        assertThat(other.object(database(revision(next)), next, published.plusSeconds(120)))
                .as("nothing changes")
                .isEqualTo(next);
    }

    @Test
    void growsOverALowerRevisionThatWasWrittenByHand() {
        ConfigMap published = edited(write(null, null), 7);
        published.getMetadata().getAnnotations().put(Catalogs.REVISION, "7");
        for (Long told : new Long[] {null, 5L, 7L}) {
            ConfigMap mended = write(told, edited(published, 1));
            assertThat(revision(mended)).isGreaterThan(7);
            assertThat(Catalogs.revision(mended)).isEqualTo(revision(mended));
            assertThat(write(revision(mended), mended)).isEqualTo(mended);
        }
    }

    @Test
    void growsOverBothMarksThatWereWrittenByHand() {
        ConfigMap lower = edited(write(null, null), 3);
        lower.getMetadata().getAnnotations().put(Catalogs.REVISION, "3");
        assertThat(revision(write(7L, lower))).isGreaterThan(7);
    }

    @Test
    void growsOverWhatWasPublishedSinceTheStatusWasWritten() {
        assertThat(revision(write(7L, null)))
                .as("a record that was deleted may have been some changes ahead of the status")
                .isGreaterThan(7 + 1_000);
        ConfigMap unmarked = edited(write(null, null), 1);
        unmarked.getMetadata().getAnnotations().remove(Catalogs.REVISION);
        assertThat(revision(write(7L, unmarked))).isGreaterThan(7 + 1_000);
    }

    @Test
    void countsOnFromWhatItPublishedOverAnImpossibleRevision() {
        ConfigMap published = edited(write(null, null), 7);
        published.getMetadata().getAnnotations().put(Catalogs.REVISION, "7");
        ConfigMap mended = write(7L, edited(published, Catalog.MOST_REVISION + 1));
        assertThat(revision(mended)).isBetween(8L, 10_000_000L);
    }
}
