package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the copies of each shard stand. Exact lists of named servers come first, then what is there stays (minimal movement), then the
 * least loaded servers are added, and last at most one copy moves from the fullest to the emptiest server. No server holds two copies
 * of a shard.
 */
public final class Placement {

    private Placement() {}

    /**
     * A shard to place.
     *
     * @param name its name
     * @param copies copies asked for
     * @param current servers that hold it now, the starting one first; empty for a new shard
     * @param settled whether all its copies are healthy, so that one of them may move for balance
     */
    public record Wanted(String name, int copies, List<String> current, boolean settled) {}

    /**
     * The placement.
     *
     * @param servers per shard, its servers
     * @param refusals servers that are to go but must stay, and shards with fewer copies than asked for
     * @param leaving servers that are to go but must stay
     */
    public record Result(Map<String, List<String>> servers, List<Refusal> refusals, Set<String> leaving) {}

    /**
     * Places all shards.
     *
     * @param shards the shards, in a stable order
     * @param roster servers wanted, in a stable order
     * @param exact per named server, the shards it must hold; absent or empty: any
     */
    public static Result place(List<Wanted> shards, List<String> roster, Map<String, Set<String>> exact) {
        Map<String, Integer> load = new LinkedHashMap<>();
        roster.forEach(server -> load.put(server, 0));
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        for (Wanted shard : shards) {
            Set<String> servers = keep(shard, roster, exact);
            chosen.put(shard.name(), servers);
            servers.forEach(server -> load.merge(server, 1, Integer::sum));
        }
        for (Wanted shard : shards) {
            trim(shard, exact, load, chosen.getOrDefault(shard.name(), new LinkedHashSet<>()));
        }
        List<Refusal> refusals = new ArrayList<>();
        Set<String> leaving = new LinkedHashSet<>();
        int turn = 0;
        for (Wanted shard : shards) {
            Set<String> servers = chosen.getOrDefault(shard.name(), new LinkedHashSet<>());
            fill(shard, turn++, roster, exact, load, servers);
            refusals.addAll(complete(shard, roster.size(), servers, leaving));
        }
        spreadFirst(shards, chosen);
        balance(shards, roster, exact, load, chosen);
        Map<String, List<String>> result = new LinkedHashMap<>();
        chosen.forEach((name, servers) -> result.put(name, List.copyOf(servers)));
        return new Result(result, refusals, leaving);
    }

    /** The servers that must hold a shard, and those that hold it and stay: perhaps too many. */
    private static Set<String> keep(Wanted shard, List<String> roster, Map<String, Set<String>> exact) {
        Set<String> must = new LinkedHashSet<>();
        for (String server : roster) {
            if (exact.getOrDefault(server, Set.of()).contains(shard.name())) {
                must.add(server);
            }
        }
        Set<String> kept = new LinkedHashSet<>();
        shard.current().stream().filter(must::contains).forEach(kept::add);
        kept.addAll(must);
        shard.current().stream().filter(roster::contains).forEach(kept::add);
        return kept;
    }

    /** Gives up copies that are too many, on the fullest servers first, so that none has to move for balance afterwards. */
    private static void trim(
            Wanted shard, Map<String, Set<String>> exact, Map<String, Integer> load, Set<String> servers) {
        while (servers.size() > shard.copies()) {
            List<String> removable = servers.stream()
                    .filter(server -> !exact.getOrDefault(server, Set.of()).contains(shard.name()))
                    .toList();
            if (removable.isEmpty()) {
                return;
            }
            // Of equally full ones the last goes: the first is the one that leads by default.
            String goes = removable.reversed().stream()
                    .max(Comparator.comparingInt(server -> load.getOrDefault(server, 0)))
                    .orElseThrow();
            servers.remove(goes);
            load.merge(goes, -1, Integer::sum);
        }
    }

    private static void fill(
            Wanted shard,
            int turn,
            List<String> roster,
            Map<String, Set<String>> exact,
            Map<String, Integer> load,
            Set<String> servers) {
        // The tie between equally loaded servers is broken in turn, so that not the same servers always meet.
        Comparator<String> order = Comparator.<String>comparingInt(server -> hasExactList(server, exact) ? 1 : 0)
                .thenComparingInt(server -> load.getOrDefault(server, 0))
                .thenComparingInt(server -> Math.floorMod(roster.indexOf(server) - turn, roster.size()));
        while (servers.size() < shard.copies()) {
            String next = roster.stream()
                    .filter(server -> !servers.contains(server))
                    .min(order)
                    .orElse(null);
            if (next == null) {
                break;
            }
            servers.add(next);
            load.merge(next, 1, Integer::sum);
        }
    }

    /** Keeps copies on servers that are to go while the others are too few, and says when there are too few even so. */
    private static List<Refusal> complete(Wanted shard, int servers, Set<String> chosen, Set<String> leaving) {
        List<Refusal> refusals = new ArrayList<>();
        for (String server : shard.current()) {
            if (chosen.size() < shard.copies() && chosen.add(server)) {
                leaving.add(server);
                refusals.add(new Refusal(
                        "server " + server,
                        Reason.NotEnoughServers,
                        "shard " + shard.name() + " needs " + shard.copies() + " copies and only " + servers
                                + " servers would be left"));
            }
        }
        if (chosen.size() < shard.copies() && servers > 0) {
            refusals.add(new Refusal(
                    "shard " + shard.name(),
                    Reason.NotEnoughServers,
                    shard.copies() + " copies are asked for and there are " + servers + " servers"));
        }
        return refusals;
    }

    /** Shards start on their first server and it leads them at first: so new shards' first servers are spread too. */
    private static void spreadFirst(List<Wanted> shards, Map<String, Set<String>> chosen) {
        Map<String, Integer> firsts = new HashMap<>();
        for (Wanted shard : shards) {
            Set<String> servers = chosen.getOrDefault(shard.name(), Set.of());
            if (servers.isEmpty()) {
                continue;
            }
            if (shard.current().isEmpty()) {
                List<String> ordered = new ArrayList<>(servers);
                String first = ordered.stream()
                        .min(Comparator.comparingInt(server -> firsts.getOrDefault(server, 0)))
                        .orElseThrow();
                ordered.remove(first);
                servers.clear();
                servers.add(first);
                servers.addAll(ordered);
            }
            firsts.merge(servers.iterator().next(), 1, Integer::sum);
        }
    }

    private static void balance(
            List<Wanted> shards,
            List<String> roster,
            Map<String, Set<String>> exact,
            Map<String, Integer> load,
            Map<String, Set<String>> chosen) {
        if (shards.stream().anyMatch(shard -> !shard.current().isEmpty() && !shard.settled())) {
            return;
        }
        Collection<String> movable =
                roster.stream().filter(server -> !hasExactList(server, exact)).toList();
        String fullest = movable.stream()
                .max(Comparator.comparingInt(server -> load.getOrDefault(server, 0)))
                .orElse(null);
        String emptiest = movable.stream()
                .min(Comparator.comparingInt(server -> load.getOrDefault(server, 0)))
                .orElse(null);
        if (fullest == null || emptiest == null || load.getOrDefault(fullest, 0) - load.getOrDefault(emptiest, 0) < 2) {
            return;
        }
        // Of the shards that could move, the one whose servers hold most: so that not always the same one moves.
        shards.stream()
                .map(shard -> chosen.getOrDefault(shard.name(), Set.of()))
                .filter(servers -> servers.contains(fullest) && !servers.contains(emptiest))
                .max(Comparator.comparingInt(servers -> servers.stream()
                        .mapToInt(server -> load.getOrDefault(server, 0))
                        .sum()))
                .ifPresent(servers -> {
                    List<String> replaced = new ArrayList<>(servers);
                    replaced.replaceAll(server -> server.equals(fullest) ? emptiest : server);
                    servers.clear();
                    servers.addAll(replaced);
                });
    }

    private static boolean hasExactList(String server, Map<String, Set<String>> exact) {
        return !exact.getOrDefault(server, Set.of()).isEmpty();
    }
}
