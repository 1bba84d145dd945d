package io.shardeddb.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.route.Tiling.Answered;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers are the whole of what was asked, or they are none. */
class TilingTest {

    private static final int END = 60;

    private static ShardEntry shard(int number, Interval interval, long epoch) {
        return new ShardEntry("sh" + number, new GroupId(1, number), interval, epoch, List.of());
    }

    private static boolean isWhole(Tiling tiling, List<Answered> answers) {
        try {
            tiling.requireWhole(answers);
            return true;
        } catch (DatabaseException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.MOVED);
            assertThat(e.details()).containsKey("shard");
            return false;
        }
    }

    /** Each position that a shard is meant to own must be in an answer of that shard, under the epoch that is known. */
    private static boolean isWholeByPosition(List<ShardEntry> shards, long first, long last, List<Answered> answers) {
        return LongStream.rangeClosed(first, last).allMatch(position -> {
            ShardEntry owner = shards.stream()
                    .filter(shard -> shard.interval().contains(position))
                    .findFirst()
                    .orElse(null);
            return owner == null
                    || answers.stream()
                            .anyMatch(answer -> answer.group().equals(owner.group())
                                    && answer.epoch() == owner.epoch()
                                    && answer.interval() != null
                                    && answer.interval().contains(position));
        });
    }

    @Test
    void agreesWithALookAtEveryPosition() {
        Random random = new Random(15);
        int whole = 0;
        for (int round = 0; round < 20_000; round++) {
            List<ShardEntry> shards = catalog(random);
            long first = random.nextInt(END);
            long last = first + random.nextInt(END - (int) first);
            List<Answered> answers = new ArrayList<>();
            for (ShardEntry shard : shards) {
                if (shard.interval().from() <= last && shard.interval().last() >= first && random.nextInt(12) > 0) {
                    answers.add(answer(shard, random));
                }
            }
            boolean expected = isWholeByPosition(shards, first, last, answers);
            assertThat(isWhole(Tiling.of(shards, first, last), answers))
                    .as("%s, %s..%s answered by %s", shards, first, last, answers)
                    .isEqualTo(expected);
            whole += expected ? 1 : 0;
        }
        assertThat(whole).isBetween(4_000, 16_000);
    }

    /** Shards with gaps between them, which are nobody's. */
    private static List<ShardEntry> catalog(Random random) {
        List<ShardEntry> shards = new ArrayList<>();
        long at = random.nextInt(10);
        for (int i = 0; i < 5 && at < END; i++) {
            long size = 1L + random.nextInt(15);
            boolean open = random.nextInt(20) == 0;
            shards.add(shard(i, open ? new Interval(at, null) : Interval.ofSize(at, size), 1L + random.nextInt(3)));
            if (open) {
                break;
            }
            at += size + random.nextInt(4);
        }
        return shards;
    }

    private static Answered answer(ShardEntry shard, Random random) {
        Interval interval = shard.interval();
        long epoch = shard.epoch();
        switch (random.nextInt(30)) {
            case 0 -> epoch++;
            case 1 -> epoch--;
            case 2 -> interval = new Interval(interval.from() + random.nextInt(3), Long.MAX_VALUE);
            case 3 ->
                interval =
                        new Interval(interval.from() - 2, interval.last() == interval.from() ? null : interval.last());
            case 4 -> interval = Interval.ALL;
            case 5 -> {
                return new Answered(shard.group(), null, epoch);
            }
            default -> {
                // As is planned.
            }
        }
        return new Answered(shard.group(), interval, epoch);
    }

    @Test
    void namesTheShardAndThePositions() {
        Tiling tiling = Tiling.of(List.of(shard(1, Interval.ofSize(0, 100), 3)), 20, 500);
        DatabaseException fault =
                Objects.requireNonNull(tiling.fault(new Answered(new GroupId(1, 1), new Interval(0L, 50L), 3)));
        assertThat(fault.text())
                .isEqualTo("shard sh1 answers for [0, 50) at epoch 3; positions 20 to 99 at epoch 3 are asked for");
        assertThat(fault.details())
                .containsEntry("shard", "sh1")
                .containsEntry("from", "20")
                .containsEntry("to", "99");
    }

    @Test
    void takesNoAnswerOfAGroupThatWasNotAsked() {
        Tiling tiling = Tiling.of(List.of(shard(1, Interval.ofSize(0, 100), 1)), 0, 10);
        assertThat(tiling.fault(new Answered(new GroupId(1, 2), Interval.ALL, 1)))
                .isNotNull();
    }

    @Test
    void coversTheEndsOfTheKeySpace() {
        List<ShardEntry> shards = IntStream.range(0, 3)
                .mapToObj(i -> shard(i, Interval.cover(3).get(i), 1))
                .toList();
        List<Answered> answers = shards.stream()
                .map(shard -> new Answered(shard.group(), shard.interval(), 1))
                .toList();
        Tiling all = Tiling.of(shards, Long.MIN_VALUE, Long.MAX_VALUE);
        all.requireWhole(answers);
        assertThatThrownBy(() -> all.requireWhole(answers.subList(0, 2)))
                .hasMessageContaining("positions")
                .hasMessageContaining(Long.toString(Long.MAX_VALUE));
        // The largest position is owned by an open end alone.
        Interval almost = new Interval(shards.get(2).interval().from(), Long.MAX_VALUE);
        assertThat(all.fault(new Answered(shards.get(2).group(), almost, 1))).isNotNull();
    }

    /** A key range asks for the positions that it concerns, and for no others. */
    @Test
    void isMadeForWhatARangeOfKeysConcerns() {
        List<ShardEntry> shards = List.of(shard(1, Interval.ofSize(0, 10), 1), shard(2, Interval.ofSize(10, 10), 1));
        Topology range = topology(Strategy.RANGE, shards);
        Answered first = new Answered(shards.get(0).group(), new Interval(3L, 10L), 1);
        assertThat(isWhole(between(3, 9).tiling(range, FakeCluster.studentTable()), List.of(first)))
                .isTrue();
        assertThat(isWhole(between(2, 9).tiling(range, FakeCluster.studentTable()), List.of(first)))
                .isFalse();
        assertThat(isWhole(between(3, 10).tiling(range, FakeCluster.studentTable()), List.of(first)))
                .isFalse();
        assertThat(isWhole(between(9, 3).tiling(range, FakeCluster.studentTable()), List.of()))
                .isTrue();
        Topology hash = topology(Strategy.HASH, shards);
        assertThat(isWhole(between(3, 9).tiling(hash, FakeCluster.studentTable()), List.of(first)))
                .isFalse();
    }

    private static KeyRange between(long from, long to) {
        return new KeyRange(key(from), false, key(to), false, false);
    }

    private static @Nullable Row key(long value) {
        return Row.of(new Value.Int64(value));
    }

    private static Topology topology(Strategy strategy, List<ShardEntry> shards) {
        return new Topology(new DatabaseSchema(1, strategy, List.of(FakeCluster.studentTable())), shards, List.of());
    }
}
