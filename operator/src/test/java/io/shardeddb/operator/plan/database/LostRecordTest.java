package io.shardeddb.operator.plan.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.Schemas;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A record that is gone is made again only where the resources tell all that it told. */
final class LostRecordTest {

    private static ShardedDatabase database(long version) {
        ShardedDatabase database = Serialization.unmarshal("""
                metadata: {name: shop}
                spec:
                  sharding: {strategy: Range}
                  shards: [{name: sh1, low: 0, size: 10}, {name: sh2, low: 10, size: 10}]
                  tables: [{name: t, primaryKey: [k], columns: [{name: k, type: BIGINT}]}]
                """, ShardedDatabase.class);
        String hash = Schemas.hash(database.getSpec());
        ShardedDatabase told = Serialization.unmarshal(
                "status: {schemaVersion: " + version + ", schemaHash: '" + hash + "'}", ShardedDatabase.class);
        database.setStatus(told.getStatus());
        return database;
    }

    private static List<Shard> shards(String... versions) {
        return Stream.of(versions)
                .map(version -> Serialization.unmarshal(
                        "spec:\n  name: sh" + version.charAt(0) + "\nstatus:\n  schemaVersion: " + version.substring(2),
                        Shard.class))
                .toList();
    }

    @Test
    void isMadeAgainWhereEveryShardHasTheTablesInForce() {
        assertThat(LostRecord.check(database(7), shards("1 7", "2 7"), Map.of(), null))
                .isEmpty();
        assertThat(LostRecord.check(database(7), shards("1 7", "2 null"), Map.of(), null))
                .as("a shard that has no tables yet gets them")
                .isEmpty();
    }

    @Test
    void isNotMadeAgainWhileTablesAreChanging() {
        assertThat(LostRecord.check(database(7), shards("1 8", "2 7"), Map.of(), null))
                .singleElement()
                .satisfies(violation ->
                        assertThat(violation.toString()).contains("sh1").contains("put the latest ConfigMap back"));
        assertThat(LostRecord.check(database(7), shards("1 7", "2 6"), Map.of(), null))
                .hasSize(1);
    }

    @Test
    void isNotMadeAgainBelowWhatServersTell() {
        assertThat(LostRecord.check(database(7), shards("1 7", "2 7"), Map.of("sh1", 7L, "sh2", 8L), null))
                .singleElement()
                .satisfies(violation -> assertThat(violation.toString()).contains("the shards sh2 have others"));
    }
}
