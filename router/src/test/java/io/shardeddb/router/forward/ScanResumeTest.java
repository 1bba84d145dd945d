package io.shardeddb.router.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeServer.ScanBreak;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.Topology;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scans go on after the last row that came when their server fails: each row once, in order. */
class ScanResumeTest {

    private static final int SERVERS = 3;
    private static final int KEYS_IN_SHARD = 4096;

    /** Failures that another server makes good. */
    private static final List<ScanBreak.Kind> CURABLE =
            List.of(ScanBreak.Kind.CONNECTION, ScanBreak.Kind.STORE, ScanBreak.Kind.FOLLOWER);

    @ParameterizedTest
    @EnumSource(
            value = ScanBreak.Kind.class,
            names = {"CONNECTION", "STORE", "FOLLOWER"})
    void goesOnAfterABreakAtEveryRow(ScanBreak.Kind kind) {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = new RouterReads(cluster, Duration.ofSeconds(10))) {
            int rows = 7;
            LongStream.range(0, rows).forEach(key -> RouterReads.insert(cluster, cluster.topology(1), key));
            List<Long> expected = LongStream.range(0, rows).boxed().toList();
            for (int chunk = 1; chunk <= 3; chunk++) {
                cluster.server(0).rowsInChunk.set(chunk);
                for (int after = 0; after <= rows; after++) {
                    breakOnce(cluster, new ScanBreak(after, kind));
                    assertThat(router.keys(KeyRange.ALL, 0, ReadLevel.STRONG))
                            .as("broken after %d, chunks of %d", after, chunk)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static void breakOnce(FakeCluster cluster, ScanBreak first) {
        AtomicInteger scans = new AtomicInteger();
        cluster.server(0).scanBreak = () -> scans.getAndIncrement() == 0 ? first : ScanBreak.NONE;
    }

    @Test
    void eachRowComesOnceInOrderWhateverBreaks() {
        long seed = Long.getLong("scan.seed", System.nanoTime() & 0xffff_ffffL);
        Random random = new Random(seed);
        List<Interval> range = IntStream.range(0, 3)
                .mapToObj(i -> Interval.ofSize((long) i * KEYS_IN_SHARD, KEYS_IN_SHARD))
                .toList();
        List<Interval> hash = List.of(new Interval(Long.MIN_VALUE, 0L), new Interval(0L, null));
        for (Strategy strategy : List.of(Strategy.RANGE, Strategy.HASH)) {
            try (FakeCluster cluster = new FakeCluster(
                            SERVERS, strategy, FakeCluster.studentTable(), strategy == Strategy.RANGE ? range : hash);
                    RouterReads router = new RouterReads(cluster, Duration.ofSeconds(10))) {
                List<Long> keys = random.longs(0, 3L * KEYS_IN_SHARD)
                        .distinct()
                        .limit(150)
                        .boxed()
                        .toList();
                Topology topology = cluster.topology(1);
                keys.forEach(key -> RouterReads.insert(cluster, topology, key));
                for (int round = 0; round < 30; round++) {
                    breakAtRandom(cluster, new Random(random.nextLong()));
                    boolean descending = random.nextBoolean();
                    int limit = random.nextInt(3) == 0 ? 1 + random.nextInt(keys.size() + 20) : 0;
                    ReadLevel level = random.nextInt(3) == 0 ? ReadLevel.EVENTUAL : ReadLevel.STRONG;
                    List<Long> expected = keys.stream()
                            .sorted(descending ? Comparator.reverseOrder() : Comparator.naturalOrder())
                            .limit(limit == 0 ? Long.MAX_VALUE : limit)
                            .toList();
                    assertThat(router.keys(new KeyRange(null, false, null, false, descending), limit, level))
                            .as("-Dscan.seed=%d, %s, round %d, limit %d, %s", seed, strategy, round, limit, level)
                            .isEqualTo(expected);
                    assertThat(router.more())
                            .as("-Dscan.seed=%d: more rows than the limit %d", seed, limit)
                            .isEqualTo(limit > 0 && limit < keys.size());
                }
            }
        }
    }

    /** Each scan breaks after some rows, in some way, and each third break comes with another leader. */
    private static void breakAtRandom(FakeCluster cluster, Random random) {
        for (int server = 0; server < SERVERS; server++) {
            cluster.server(server).rowsInChunk.set(1 + random.nextInt(9));
            cluster.server(server).scanBreak = () -> {
                synchronized (random) {
                    if (random.nextInt(3) == 0) {
                        cluster.group(random.nextInt(2)).lead(random.nextInt(SERVERS));
                    }
                    return new ScanBreak(random.nextInt(25), CURABLE.get(random.nextInt(CURABLE.size())));
                }
            };
        }
    }

    @Test
    void leavesAServerThatGoesSilent() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = new RouterReads(cluster, Duration.ofMillis(800))) {
            LongStream.range(0, 9).forEach(key -> RouterReads.insert(cluster, cluster.topology(1), key));
            cluster.server(0).rowsInChunk.set(2);
            breakOnce(cluster, new ScanBreak(4, ScanBreak.Kind.SILENCE));
            assertThat(router.keys(KeyRange.ALL, 0, ReadLevel.STRONG))
                    .hasSize(9)
                    .isSorted();
        }
    }

    /** The time-out is for each gap: many breaks in a long scan do not add up. */
    @Test
    void givesUpWhenNobodyGoesOn() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = new RouterReads(cluster, Duration.ofMillis(300))) {
            LongStream.range(0, 9).forEach(key -> RouterReads.insert(cluster, cluster.topology(1), key));
            AtomicInteger scans = new AtomicInteger();
            cluster.server(0).scanBreak =
                    () -> new ScanBreak(scans.getAndIncrement() == 0 ? 4 : 0, ScanBreak.Kind.STORE);
            assertThatThrownBy(() -> router.keys(KeyRange.ALL, 0, ReadLevel.STRONG))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
        }
    }

    /** Which of several refusals came last is chance; the first one is what began it. */
    @Test
    void tellsTheFirstRefusalAndHowLongItTried() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = new RouterReads(cluster, Duration.ofMillis(500))) {
            AtomicInteger scans = new AtomicInteger();
            cluster.server(0).scanBreak = () -> {
                if (scans.getAndIncrement() == 2) {
                    cluster.group(0).refuseWith(ErrorCode.READ_ONLY);
                }
                return new ScanBreak(0, ScanBreak.Kind.STORE);
            };
            assertThatThrownBy(() -> router.keys(KeyRange.ALL, 0, ReadLevel.STRONG))
                    .isInstanceOfSatisfying(DatabaseException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                        assertThat(e.text())
                                .matches("shard sh1: as the test asked"
                                        + " \\(first told by Server0; \\d+ attempts in \\d+ ms;"
                                        + " at last Server0 said READ_ONLY: as the test asked\\)");
                    });
        }
    }

    /** Writers may be waiting until the views of all shards are open, so rows are not waited for until then. */
    @Test
    void looksForACommonMomentBeforeTheFirstRow() {
        try (FakeCluster cluster = FakeCluster.students(2);
                RouterReads router = new RouterReads(cluster, Duration.ofMillis(800))) {
            for (int server = 0; server < SERVERS; server++) {
                cluster.server(server).scanBreak = () -> new ScanBreak(0, ScanBreak.Kind.SILENCE);
            }
            assertThatThrownBy(() -> router.keys(KeyRange.ALL, 0, ReadLevel.STRONG))
                    .isInstanceOf(DatabaseException.class);
            assertThat(cluster.group(0).checks.get()).isPositive();
            assertThat(cluster.group(1).checks.get()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ScanBreak.Kind.class,
            names = {"CONNECTION", "STORE", "TABLES"})
    void looksForAnotherMomentWhenAViewIsLostBeforeItsFirstRow(ScanBreak.Kind kind) {
        try (FakeCluster cluster = FakeCluster.students(2);
                RouterReads router = new RouterReads(cluster, Duration.ofSeconds(10))) {
            LongStream.range(4090, 4100).forEach(key -> RouterReads.insert(cluster, cluster.topology(1), key));
            breakOnce(cluster, new ScanBreak(0, kind));
            assertThat(router.keys(KeyRange.ALL, 0, ReadLevel.STRONG)).hasSize(10);
            assertThat(router.leftCut()).isFalse();
            assertThat(cluster.group(1).checks.get()).isGreaterThan(1);
        }
    }

    @Test
    void asksForNoOlderViewThanTheOneItHasSeen() {
        try (FakeCluster cluster = FakeCluster.students(1)) {
            RangeRead read = new RangeRead(
                    cluster.topology(1),
                    FakeCluster.studentTable(),
                    KeyRange.ALL,
                    Projection.all(FakeCluster.studentTable()),
                    0,
                    new ReadOptions(ReadLevel.EVENTUAL, 0, SessionToken.EMPTY, null));
            ScanProgress progress =
                    new ScanProgress(read, read.topology().shards().getFirst(), 5);
            Row row = Row.of(new Value.Int64(3), Value.Null.NULL, Value.Null.NULL);
            progress.received(ScanChunk.newBuilder()
                    .setIndex(70)
                    .addRows(RowCodec.encode(row))
                    .build());
            ReadRequest rest = progress.rest(1_000);
            assertThat(rest.getMinimumIndex()).isEqualTo(70);
            assertThat(rest.getRange().getLimit()).isEqualTo(4);
            assertThat(rest.getRange().getFromExclusive()).isTrue();
            assertThat(RowCodec.decode(rest.getRange().getFrom())).isEqualTo(Row.of(new Value.Int64(3)));
        }
    }
}
