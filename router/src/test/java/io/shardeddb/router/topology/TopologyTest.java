package io.shardeddb.router.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.router.fake.FakeCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TopologyTest {

    private static ShardEntry shard(int number, long from, @Nullable Long to, long epoch) {
        return new ShardEntry(
                "sh" + number,
                new GroupId(1, number),
                new Interval(from, to),
                epoch,
                List.of(new Replica("server-" + number % 3, "server-" + number % 3 + ":7000")));
    }

    private static Topology of(List<ShardEntry> shards) {
        return new Topology(new DatabaseSchema(1, Strategy.RANGE, List.of()), shards, List.of());
    }

    @RepeatedTest(20)
    void leavesOutWhatOverlapsALaterOwner(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<ShardEntry> shards = IntStream.range(0, 60)
                .mapToObj(i -> {
                    long from = random.nextInt(200);
                    return shard(i, from, random.nextInt(20) == 0 ? null : (Long) (from + 1 + random.nextInt(20)), i);
                })
                .toList();
        List<ShardEntry> owners = new ArrayList<>();
        shards.reversed().stream()
                .filter(shard ->
                        owners.stream().noneMatch(owner -> owner.interval().overlaps(shard.interval())))
                .forEach(owners::add);
        owners.sort(Comparator.comparing(ShardEntry::interval));
        assertThat(of(shards).shards()).isEqualTo(owners);
    }

    /**
     * What a beaten shard had and its conqueror has not is nobody's that is known: an error, and no gap between
     * intervals.
     */
    @RepeatedTest(20)
    void refusesPositionsWhoseOwnerIsNotKnown(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<ShardEntry> shards = IntStream.range(0, 12)
                .mapToObj(i -> {
                    long from = random.nextInt(100);
                    return shard(i, from, from + 1 + random.nextInt(20), i);
                })
                .toList();
        Topology topology = of(shards);
        for (long position = -1; position < 130; position++) {
            long at = position;
            boolean claimed = shards.stream().anyMatch(shard -> shard.interval().contains(at));
            if (topology.find(at) != null) {
                assertThat(topology.overlapping(at, at)).containsExactly(topology.find(at));
            } else if (claimed) {
                assertThatThrownBy(() -> topology.overlapping(at, at))
                        .isInstanceOfSatisfying(
                                DatabaseException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.MOVED));
                assertThatThrownBy(() -> topology.overlapping(at - 1, at + 1)).isInstanceOf(DatabaseException.class);
                assertThatThrownBy(() -> topology.shardAt(at, FakeCluster.studentTable()))
                        .hasMessageContaining("who owns them is not known yet");
            } else {
                assertThat(topology.overlapping(at, at)).isEmpty();
            }
        }
    }

    @Test
    void isNotMadeOfTwoOwnersAtTheSameEpoch() {
        List<ShardEntry> shards = List.of(shard(1, 0, 100L, 2), shard(2, 200, null, 2), shard(3, 99, 150L, 2));
        assertThatThrownBy(() -> of(shards))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shard sh1 [0, 100) and shard sh3 [99, 150) own the same positions at epoch 2");
        assertThat(of(List.of(shard(1, 0, 100L, 2), shard(2, 100, null, 2), shard(3, 99, 150L, 1)))
                        .shards())
                .extracting(ShardEntry::name)
                .containsExactly("sh1", "sh2");
    }

    /** Looking at all shards for each shard would take a minute. */
    @Test
    void isMadeOfAHundredThousandShardsInNoTime() {
        List<ShardEntry> shards = IntStream.range(0, 100_000)
                .mapToObj(i -> shard(i, i * 10L, i * 10L + 10, 1))
                .toList();
        long start = System.nanoTime();
        Topology topology = of(shards);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(topology.shards()).hasSize(100_000);
        assertThat(topology.find(500_003)).isEqualTo(shards.get(50_000));
    }

    private static Shard resource(String uid, Long generation, ShardPhase phase) {
        Shard shard = new Shard();
        shard.setMetadata(new ObjectMetaBuilder()
                .withName("s")
                .withUid(uid)
                .withGeneration(generation)
                .build());
        shard.setStatus(new ShardStatus(generation, phase, null, null, null, null, null, List.of(), List.of()));
        return shard;
    }

    @Test
    void isReadAnewWhenASpecChangedAndNotWhenAStatusDid() {
        Shard before = resource("a", 1L, ShardPhase.Ready);
        assertThat(TopologyWatch.concerns(before, resource("a", 1L, ShardPhase.Degraded)))
                .isFalse();
        assertThat(TopologyWatch.concerns(before, resource("a", 2L, ShardPhase.Ready)))
                .isTrue();
        assertThat(TopologyWatch.concerns(before, resource("b", 1L, ShardPhase.Ready)))
                .isTrue();
        Shard deleted = resource("a", 1L, ShardPhase.Ready);
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        assertThat(TopologyWatch.concerns(before, deleted)).isTrue();
    }
}
