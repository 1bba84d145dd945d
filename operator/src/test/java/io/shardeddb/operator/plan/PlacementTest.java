package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlacementTest {

    private static final List<String> THREE = List.of("a", "b", "c");

    private static Placement.Wanted fresh(String name, int copies) {
        return new Placement.Wanted(name, copies, List.of(), null, false);
    }

    @Test
    void spreadsNewShardsAndTheirFirstServers() {
        List<Placement.Wanted> shards =
                IntStream.range(0, 6).mapToObj(i -> fresh("s" + i, 2)).toList();
        Map<String, List<String>> placed =
                Placement.place(shards, THREE, Map.of(), true).servers();
        assertThat(loads(placed)).isEqualTo(Map.of("a", 4, "b", 4, "c", 4));
        assertThat(placed.values().stream().map(List::getFirst).distinct()).hasSize(3);
    }

    @Test
    void honoursExactLists() {
        Map<String, Set<String>> exact = Map.of("a", Set.of("s0", "s1"), "b", Set.of("s1"), "c", Set.of("s0"));
        Map<String, List<String>> placed = Placement.place(List.of(fresh("s0", 2), fresh("s1", 2)), THREE, exact, true)
                .servers();
        assertThat(placed.get("s0")).containsExactlyInAnyOrder("a", "c");
        assertThat(placed.get("s1")).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void movesNothingWhenNothingChanged() {
        List<Placement.Wanted> shards = List.of(
                new Placement.Wanted("s0", 2, List.of("c", "a"), null, true),
                new Placement.Wanted("s1", 2, List.of("b", "a"), null, true));
        assertThat(Placement.place(shards, THREE, Map.of(), true).servers())
                .isEqualTo(Map.of("s0", List.of("c", "a"), "s1", List.of("b", "a")));
    }

    @Test
    void keepsAServerThatTheCopiesNeed() {
        Placement.Result placed = Placement.place(
                List.of(new Placement.Wanted("s0", 3, List.of("a", "b", "gone"), null, true)),
                List.of("a", "b"),
                Map.of(),
                true);
        assertThat(placed.servers().get("s0")).containsExactly("a", "b", "gone");
        assertThat(placed.leaving()).containsExactly("gone");
        assertThat(placed.refusals()).singleElement().extracting(Refusal::about).isEqualTo("server gone");
    }

    @Test
    void movesCopiesThatDoNotLeadAndOnlyWhenAllServersAreReady() {
        List<Placement.Wanted> shards = List.of(
                new Placement.Wanted("s0", 2, List.of("a", "b"), "a", true),
                new Placement.Wanted("s1", 2, List.of("b", "a"), "b", true));
        assertThat(Placement.place(shards, THREE, Map.of(), false).servers())
                .isEqualTo(Map.of("s0", List.of("a", "b"), "s1", List.of("b", "a")));
        Map<String, List<String>> placed =
                Placement.place(shards, THREE, Map.of(), true).servers();
        assertThat(placed.values()).anyMatch(servers -> servers.contains("c"));
        assertThat(placed.get("s0")).contains("a");
        assertThat(placed.get("s1")).contains("b");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void settlesBalancedAfterServersJoin(long seed) {
        Random random = new Random(seed);
        int copies = 1 + random.nextInt(3);
        List<String> servers = new ArrayList<>(THREE);
        List<Placement.Wanted> shards = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            shards.add(fresh("s" + i, copies));
        }
        Map<String, List<String>> placed = Map.of();
        servers.add("d");
        servers.add("e");
        for (int round = 0; round < 50; round++) {
            Map<String, List<String>> before = placed;
            placed = Placement.place(shards, round == 0 ? THREE : servers, Map.of(), true)
                    .servers();
            Map<String, List<String>> now = placed;
            shards.replaceAll(shard -> new Placement.Wanted(
                    shard.name(), shard.copies(), now.getOrDefault(shard.name(), List.of()), null, true));
            long moved = before.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals(now.get(entry.getKey())))
                    .count();
            assertThat(moved).as("moves in round " + round).isLessThanOrEqualTo(1);
        }
        List<Integer> loads = servers.stream()
                .map(server -> loads(now(shards)).getOrDefault(server, 0))
                .sorted()
                .toList();
        assertThat(loads.getLast() - loads.getFirst()).isLessThanOrEqualTo(1);
    }

    private static Map<String, Integer> loads(Map<String, List<String>> servers) {
        Map<String, Integer> loads = new java.util.HashMap<>();
        servers.values().forEach(list -> list.forEach(server -> loads.merge(server, 1, Integer::sum)));
        return loads;
    }

    private static Map<String, List<String>> now(List<Placement.Wanted> shards) {
        Map<String, List<String>> servers = new java.util.HashMap<>();
        shards.forEach(shard -> servers.put(shard.name(), shard.current()));
        return servers;
    }
}
