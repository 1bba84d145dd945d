package io.shardeddb.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private static final TableDefinition TABLE = FakeCluster.studentTable();
    private static final Pattern SHARD = Pattern.compile("(\\w+)=\\[(-?\\d+),(-?\\d+|\\.\\.\\.)\\)(?:@(\\d+))?");

    @Test
    void routesAsTheFileSays() throws IOException {
        Topology topology = Topology.empty();
        int checked = 0;
        for (String line : lines()) {
            String[] parts = line.split(" -> ", -1);
            if (line.startsWith("shards ")) {
                topology = parse(line);
            } else if (line.startsWith("key ")) {
                ShardEntry shard = topology.find(Long.parseLong(parts[0].substring(4)));
                assertThat(shard == null ? "none" : shard.name()).as(line).isEqualTo(parts[1]);
                checked++;
            } else {
                String[] bounds = parts[0].substring(6).split("\\.\\.", -1);
                KeyRange range = new KeyRange(key(bounds[0]), false, key(bounds[1]), false, false);
                String names = range.shards(topology, TABLE).stream()
                        .map(ShardEntry::name)
                        .collect(Collectors.joining(" "));
                assertThat(names.isEmpty() ? "none" : names).as(line).isEqualTo(parts[1]);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(20);
    }

    @Test
    void findsWhatASearchThroughAllShardsFinds() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            List<ShardEntry> shards = new ArrayList<>();
            long at = random.nextInt(50) - 25L;
            for (int i = random.nextInt(8); i > 0; i--) {
                long size = 1L + random.nextInt(20);
                shards.add(shard("s" + i, Interval.ofSize(at, size), 1));
                at += size + random.nextInt(3);
            }
            Topology topology = topology(shards);
            for (long position = -30; position < 200; position++) {
                long wanted = position;
                ShardEntry expected = shards.stream()
                        .filter(shard -> shard.interval().contains(wanted))
                        .findFirst()
                        .orElse(null);
                assertThat(topology.find(position)).isEqualTo(expected);
            }
        }
    }

    @Test
    void namesTheIntervalsThatExist() {
        Topology topology = topology(List.of(shard("sh1", Interval.ofSize(0, 10), 1)));
        assertThatThrownBy(() -> topology.shardAt(10, TABLE))
                .isInstanceOf(DatabaseException.class)
                .hasMessage("Stud_id 10 is in no shard; there are sh1 [0, 10)");
    }

    @Test
    void mergesAsSortingEverythingWould() {
        Random random = new Random(6);
        for (int round = 0; round < 200; round++) {
            List<List<Integer>> sources = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                sources.add(IntStream.generate(() -> random.nextInt(40))
                        .limit(random.nextInt(20))
                        .sorted()
                        .boxed()
                        .toList());
            }
            List<Integer> merged = new ArrayList<>();
            new RowMerge<>(sources.stream().map(List::iterator).toList(), Comparator.<Integer>naturalOrder())
                    .forEachRemaining(merged::add);
            assertThat(merged)
                    .isEqualTo(sources.stream().flatMap(List::stream).sorted().toList());
        }
    }

    @Test
    void aContinuationComesBackAndNothingElseDoes() {
        Row key = Row.of(new Value.Int64(2255));
        assertThat(Continuation.parse(Continuation.after(key), TABLE)).isEqualTo(key);
        assertThatThrownBy(() -> Continuation.parse("!", TABLE)).hasMessageContaining("not one that was given");
        assertThatThrownBy(() -> Continuation.parse("", TABLE)).hasMessageContaining("not one that was given");
    }

    @Test
    void aReaderKeepsItsReplicaAndSlowReplicasHaveFewerReaders() {
        List<String> addresses = List.of("a:1", "b:1", "c:1");
        ReplicaRing even = new ReplicaRing(addresses, ignored -> 0);
        ReplicaRing without = new ReplicaRing(List.of("a:1", "c:1"), ignored -> 0);
        ReplicaRing slow = new ReplicaRing(addresses, address -> address.equals("b:1") ? 8_000 : 1_000);
        Map<String, Integer> evenShare = new HashMap<>();
        Map<String, Integer> slowShare = new HashMap<>();
        int moved = 0;
        for (int i = 0; i < 3_000; i++) {
            long reader = ReplicaRing.hash("reader" + i);
            List<String> order = even.order(reader);
            assertThat(order).hasSize(3).doesNotHaveDuplicates();
            evenShare.merge(order.getFirst(), 1, Integer::sum);
            slowShare.merge(slow.order(reader).getFirst(), 1, Integer::sum);
            if (!order.getFirst().equals("b:1")
                    && !order.getFirst().equals(without.order(reader).getFirst())) {
                moved++;
            }
        }
        assertThat(moved).isZero();
        assertThat(evenShare.values()).allMatch(share -> share > 500);
        assertThat(slowShare.getOrDefault("b:1", 0)).isLessThan(500);
    }

    private static @Nullable Row key(String text) {
        return text.equals("-") ? null : Row.of(new Value.Int64(Long.parseLong(text)));
    }

    private static Topology parse(String line) {
        List<ShardEntry> shards = new ArrayList<>();
        Matcher matcher = SHARD.matcher(line);
        while (matcher.find()) {
            Long to = matcher.group(3).equals("...") ? null : Long.valueOf(matcher.group(3));
            String epoch = matcher.group(4);
            shards.add(shard(
                    matcher.group(1),
                    new Interval(Long.parseLong(matcher.group(2)), to),
                    epoch == null ? 1 : Long.parseLong(epoch)));
        }
        return topology(shards);
    }

    private static ShardEntry shard(String name, Interval interval, long epoch) {
        return new ShardEntry(name, new GroupId(1, name.hashCode()), interval, epoch, List.of());
    }

    private static Topology topology(List<ShardEntry> shards) {
        return new Topology(new DatabaseSchema(1, Strategy.RANGE, List.of(TABLE)), shards, List.of());
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = Objects.requireNonNull(RoutingTest.class.getResourceAsStream("/route/routing.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
