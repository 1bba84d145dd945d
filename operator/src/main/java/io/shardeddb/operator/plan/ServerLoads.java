package io.shardeddb.operator.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How many copies each server holds, kept in the order of that number, so that the least loaded one of a thousand is
 * found without looking at all of them.
 */
final class ServerLoads {

    private final List<String> servers;
    private final Map<String, Integer> places = new HashMap<>();
    private final int[] loads;
    private final TreeMap<Integer, NavigableSet<Integer>> byLoad = new TreeMap<>();

    /** Servers that hold nothing yet, in a stable order. */
    ServerLoads(List<String> servers) {
        this.servers = List.copyOf(servers);
        this.loads = new int[servers.size()];
        for (int place = 0; place < servers.size(); place++) {
            places.put(servers.get(place), place);
            byLoad.computeIfAbsent(0, load -> new TreeSet<>()).add(place);
        }
    }

    boolean contains(String server) {
        return places.containsKey(server);
    }

    /** Copies on a server; 0 for one that is not among them. */
    int of(String server) {
        Integer place = places.get(server);
        return place == null ? 0 : loads[place];
    }

    /** Adds copies to a server, or takes some away; one that is not among them stays unknown. */
    void add(String server, int copies) {
        Integer place = places.get(server);
        if (place == null) {
            return;
        }
        NavigableSet<Integer> before = byLoad.get(loads[place]);
        if (before != null) {
            before.remove(place);
            if (before.isEmpty()) {
                byLoad.remove(loads[place]);
            }
        }
        loads[place] += copies;
        byLoad.computeIfAbsent(loads[place], load -> new TreeSet<>()).add(place);
    }

    /**
     * The server with the fewest copies among those that may be taken; of several the first from a place on, around to
     * the place before.
     */
    Optional<String> least(int from, Predicate<String> may) {
        for (NavigableSet<Integer> places : byLoad.values()) {
            for (NavigableSet<Integer> part : List.of(places.tailSet(from, true), places.headSet(from, false))) {
                for (int place : part) {
                    if (may.test(servers.get(place))) {
                        return Optional.of(servers.get(place));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether the fullest server holds so many more than the emptiest one. */
    boolean differBy(int copies) {
        return !byLoad.isEmpty() && byLoad.lastKey() - byLoad.firstKey() >= copies;
    }

    /** The servers, in their order. */
    List<String> servers() {
        return servers;
    }

    /** All copies. */
    int sum() {
        int sum = 0;
        for (int load : loads) {
            sum += load;
        }
        return sum;
    }
}
