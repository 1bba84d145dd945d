package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TablesRefusalTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final SchemaDefinition WANTED =
            SchemaDefinition.newBuilder().setVersion(2).build();

    private static Duration pause(TablesRefusal refusal) {
        for (int seconds = 0; seconds <= 100; seconds++) {
            Duration waited = Duration.ofSeconds(seconds);
            if (Objects.requireNonNull(refusal.of(WANTED, refusal.since().plus(waited)))
                    .again()) {
                return waited;
            }
        }
        throw new AssertionError("never again: " + refusal);
    }

    @Test
    void aShardFurtherBackGetsOneDefinitionAfterTheOther() {
        ShardView view = new ShardView(
                Uid.getDefaultInstance(),
                new ShardSpec("db", "s", new IntervalSpec(0L, 10L), 1L, List.of(), null, null, List.of()),
                Map.of(),
                new Observed(Map.of()),
                version(9),
                List.of(version(3), version(5)),
                null,
                null,
                null,
                Map.of());
        for (long[] step : new long[][] {{0, 9}, {1, 3}, {3, 5}, {4, 5}, {5, 9}, {7, 9}}) {
            ReplicaStatus leader =
                    ReplicaStatus.newBuilder().setSchemaVersion(step[0]).build();
            assertThat(Objects.requireNonNull(view.nextTables(leader)).getVersion())
                    .as("from %d", step[0])
                    .isEqualTo(step[1]);
        }
    }

    private static SchemaDefinition version(long version) {
        return SchemaDefinition.newBuilder().setVersion(version).build();
    }

    @Test
    void waitsLongerEachTimeUpToAMinute() {
        List<Long> pauses = new ArrayList<>();
        @Nullable TablesRefusal refusal = null;
        for (int i = 0; i < 100; i++) {
            refusal = TablesRefusal.after(refusal, WANTED, "no", START);
            pauses.add(pause(refusal).toSeconds());
        }
        assertThat(pauses).startsWith(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L).endsWith(60L);
    }

    @Test
    void saysNothingOfOtherTablesAndBeginsAnewWithThem() {
        SchemaDefinition other = WANTED.toBuilder().setVersion(3).build();
        TablesRefusal refusal =
                TablesRefusal.after(TablesRefusal.after(null, WANTED, "no", START), WANTED, "no", START);
        assertThat(refusal.of(other, START.plusSeconds(100))).isNull();
        assertThat(refusal.of(null, START)).isNull();
        assertThat(TablesRefusal.after(refusal, other, "no", START).tries()).isEqualTo(1);
    }
}
