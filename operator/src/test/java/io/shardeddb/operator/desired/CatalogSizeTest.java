package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.catalog.Catalog;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The record and the catalog of a large database fit into one ConfigMap, which holds 1 MiB. */
final class CatalogSizeTest {

    private static final int SHARDS = 1_000;
    private static final int MOST_BYTES = 900_000;

    @Test
    void aThousandShardsFit() {
        ShardedDatabaseSpec spec = Serialization.unmarshal("""
            sharding: {strategy: Hash}
            shardCount: 1000
            tables: [{name: t, columns: [{name: k, type: BIGINT}, {name: v, type: String}], primaryKey: [k]}]
            """, ShardedDatabaseSpec.class);
        Map<String, AcceptedRecord.KnownGroup> groups = new HashMap<>();
        Map<String, String> servers = new HashMap<>();
        for (int i = 0; i < SHARDS; i++) {
            servers.put("server-" + i, "orders-server-" + i + "-0.orders-servers.production.svc.cluster.local:7000");
            groups.put(
                    "shard-" + i,
                    new AcceptedRecord.KnownGroup(
                            new UUID(i, i).toString(),
                            "0000000000005eed0000000000000004",
                            List.of("server-" + i, "server-" + (i + 1) % SHARDS, "server-" + (i + 2) % SHARDS),
                            new IntervalSpec(Long.MIN_VALUE + i, Long.MIN_VALUE + i + 1),
                            1L,
                            true));
        }
        AcceptedRecord record = new AcceptedRecord(
                spec,
                1,
                "0",
                TableSteps.ADDITIONS,
                new AcceptedRecord.TablesInForce(1, "0", spec.tables(), List.of()),
                List.of(),
                groups,
                servers);
        ShardedDatabase database = new ShardedDatabase();
        database.setMetadata(new ObjectMetaBuilder()
                .withName("orders")
                .withNamespace("production")
                .withUid(new UUID(1, 1).toString())
                .build());
        ConfigMap map = record.object(database, null, Instant.EPOCH);
        assertThat(map.getData()).containsKey(Catalog.KEY);
        assertThat(map.getData().values().stream().mapToInt(String::length).sum())
                .isBetween(1, MOST_BYTES);
    }
}
