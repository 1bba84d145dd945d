package io.shardeddb.operator.plan.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.AcceptedRecord.KnownGroup;
import io.shardeddb.operator.desired.TableSteps;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is recorded and cannot be served is told. */
final class CatalogFaultsTest {

    private static KnownGroup group(String uid, @Nullable IntervalSpec interval, long epoch) {
        return new KnownGroup(uid, "member", List.of("server-0"), interval, epoch, true);
    }

    private static AcceptedRecord record(Map<String, KnownGroup> groups) {
        ShardedDatabaseSpec spec =
                Serialization.unmarshal("shards: [{name: sh1, low: 0, size: 10}]", ShardedDatabaseSpec.class);
        return new AcceptedRecord(spec, 1, "hash", TableSteps.ADDITIONS, null, List.of(), groups, Map.of());
    }

    @Test
    void tellsOwnersOfTheSamePositionsAtTheSameEpoch() {
        KnownGroup one = group("a", new IntervalSpec(0L, 10L), 1);
        assertThat(CatalogFaults.of(
                        record(Map.of("sh1", one, "sh2", group("b", new IntervalSpec(9L, null), 1))), List.of()))
                .singleElement()
                .satisfies(fault -> {
                    assertThat(fault.reason()).isEqualTo(Reason.OverlappingShards);
                    assertThat(fault.about()).isEqualTo("shard sh2");
                    assertThat(fault.message()).contains("shard sh1").contains("delete the database");
                });
        assertThat(CatalogFaults.of(
                        record(Map.of("sh1", one, "sh2", group("b", new IntervalSpec(10L, null), 1))), List.of()))
                .isEmpty();
        assertThat(CatalogFaults.of(
                        record(Map.of("sh1", one, "sh2", group("b", new IntervalSpec(9L, null), 2))), List.of()))
                .as("the later epoch owns them")
                .isEmpty();
    }

    @Test
    void tellsAGroupThatNobodyKnowsThePositionsOf() {
        assertThat(CatalogFaults.of(record(Map.of("ghost", group("g", null, 1))), List.of()))
                .singleElement()
                .satisfies(fault -> {
                    assertThat(fault.reason()).isEqualTo(Reason.LastKnowledge);
                    assertThat(fault.message()).contains("group g").contains("ask for it in the spec");
                });
        assertThat(CatalogFaults.of(record(Map.of("sh1", group("g", null, 1))), List.of()))
                .as("the spec asks for it, with its positions")
                .isEmpty();
    }
}
