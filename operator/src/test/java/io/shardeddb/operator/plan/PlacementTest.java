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
        return new Placement.Wanted(name, copies, List.of(), null, false, Set.of());
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
                new Placement.Wanted("s0", 2, List.of("c", "a"), null, true, Set.of()),
                new Placement.Wanted("s1", 2, List.of("b", "a"), null, true, Set.of()));
        assertThat(Placement.place(shards, THREE, Map.of(), true).servers())
                .isEqualTo(Map.of("s0", List.of("c", "a"), "s1", List.of("b", "a")));
    }

    @Test
    void keepsAServerThatTheCopiesNeed() {
        Placement.Result placed = Placement.place(
                List.of(new Placement.Wanted("s0", 3, List.of("a", "b", "gone"), null, true, Set.of())),
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
                new Placement.Wanted("s0", 2, List.of("a", "b"), "a", true, Set.of()),
                new Placement.Wanted("s1", 2, List.of("b", "a"), "b", true, Set.of()));
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
        int moves = 0;
        servers.add("d");
        servers.add("e");
        for (int round = 0; round < 50; round++) {
            Map<String, List<String>> before = placed;
            placed = Placement.place(shards, round == 0 ? THREE : servers, Map.of(), true)
                    .servers();
            Map<String, List<String>> now = placed;
            shards.replaceAll(shard -> new Placement.Wanted(
                    shard.name(), shard.copies(), now.getOrDefault(shard.name(), List.of()), null, true, Set.of()));
            moves += round == 0 ? 0 : moves(before, now, round).size();
        }
        List<Integer> loads = servers.stream()
                .map(server -> loads(now(shards)).getOrDefault(server, 0))
                .sorted()
                .toList();
        assertThat(loads.getLast() - loads.getFirst()).isLessThanOrEqualTo(1);
        int all = 8 * copies;
        int low = all / 5;
        int high = (all + 4) / 5;
        assertThat(moves).as("no copy moves that could have stayed").isEqualTo(Math.max(2 * low, all - 3 * high));
    }

    /** The servers that took part in moves between two placements: none in two of them. */
    private static List<String> moves(Map<String, List<String>> before, Map<String, List<String>> now, int round) {
        List<String> gave = new ArrayList<>();
        List<String> took = new ArrayList<>();
        now.forEach((shard, servers) -> {
            List<String> was = before.getOrDefault(shard, List.of());
            was.stream().filter(server -> !servers.contains(server)).forEach(gave::add);
            servers.stream().filter(server -> !was.contains(server)).forEach(took::add);
        });
        assertThat(gave).as("round " + round).hasSizeLessThanOrEqualTo(Placement.MOST_MOVES);
        assertThat(took).as("round " + round).noneMatch(gave::contains);
        assertThat(gave).as("round " + round).doesNotHaveDuplicates();
        assertThat(took).as("round " + round).doesNotHaveDuplicates();
        return took;
    }

    @Test
    void leavesServersAloneThatTakePartInAMoveAlready() {
        List<Placement.Wanted> shards = List.of(
                new Placement.Wanted("s0", 1, List.of("d"), null, false, Set.of("a", "d")),
                new Placement.Wanted("s1", 1, List.of("a"), null, true, Set.of()),
                new Placement.Wanted("s2", 1, List.of("a"), null, true, Set.of()),
                new Placement.Wanted("s3", 1, List.of("b"), null, true, Set.of()),
                new Placement.Wanted("s4", 1, List.of("b"), null, true, Set.of()),
                new Placement.Wanted("s5", 1, List.of("c"), null, true, Set.of()));
        Map<String, List<String>> placed = Placement.place(shards, List.of("a", "b", "c", "d", "e"), Map.of(), true)
                .servers();
        assertThat(placed.get("s1")).containsExactly("a");
        assertThat(placed.get("s2")).containsExactly("a");
        assertThat(placed.values()).filteredOn(List.of("e")::equals).hasSize(1);
        assertThat(loads(placed)).containsEntry("b", 1);
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
