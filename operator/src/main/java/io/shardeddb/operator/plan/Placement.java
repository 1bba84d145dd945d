package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the copies of each shard stand. Exact lists of named servers come first. Then what is there stays (minimal
 * movement), and the least loaded servers are added. Last, copies move from servers that hold too many to those that
 * hold too few. Several move at once, and no server takes part in two moves. No server holds two copies of a shard.
 */
public final class Placement {

    /** So many copies move for balance at once, at most. */
    static final int MOST_MOVES = 4;

    private Placement() {}

    /**
     * A shard to place.
     *
     * @param name its name
     * @param copies copies asked for
     * @param current servers that hold it now, the starting one first; empty for a new shard
     * @param leader server that leads it now; absent: none. Copies that do not lead move first, because writes pause
     *     where one does
     * @param settled whether all its copies are healthy and where they should be, so that one of them may move for
     *     balance
     * @param moving servers that are getting a copy of it or giving one up just now
     */
    public record Wanted(
            String name,
            int copies,
            List<String> current,
            @Nullable String leader,
            boolean settled,
            Set<String> moving) {}

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
     * @param calm whether all servers are ready and no shard misses a copy: before that, no copy moves for balance,
     *     because it would move again
     */
    public static Result place(List<Wanted> shards, List<String> roster, Map<String, Set<String>> exact, boolean calm) {
        Map<Boolean, List<String>> named =
                roster.stream().collect(Collectors.partitioningBy(s -> hasExactList(s, exact)));
        Loads load = new Loads(
                new ServerLoads(named.getOrDefault(false, List.of())),
                new ServerLoads(named.getOrDefault(true, List.of())));
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        for (Wanted shard : shards) {
            Set<String> servers = keep(shard, load, exact);
            chosen.put(shard.name(), servers);
            servers.forEach(server -> load.add(server, 1));
        }
        for (Wanted shard : shards) {
            trim(shard, exact, load, chosen.getOrDefault(shard.name(), new LinkedHashSet<>()));
        }
        List<Refusal> refusals = new ArrayList<>();
        Set<String> leaving = new LinkedHashSet<>();
        int turn = 0;
        for (Wanted shard : shards) {
            Set<String> servers = chosen.getOrDefault(shard.name(), new LinkedHashSet<>());
            fill(shard, turn++, load, servers);
            refusals.addAll(complete(shard, roster.size(), servers, leaving));
        }
        spreadFirst(shards, chosen);
        if (calm) {
            balance(shards, load, chosen);
        }
        Map<String, List<String>> result = new LinkedHashMap<>();
        chosen.forEach((name, servers) -> result.put(name, List.copyOf(servers)));
        return new Result(result, refusals, leaving);
    }

    /**
     * Copies on the servers of the roster.
     *
     * @param free servers that may hold any shard
     * @param named servers with an exact list
     */
    private record Loads(ServerLoads free, ServerLoads named) {

        boolean contains(String server) {
            return free.contains(server) || named.contains(server);
        }

        int of(String server) {
            return free.of(server) + named.of(server);
        }

        void add(String server, int copies) {
            free.add(server, copies);
            named.add(server, copies);
        }
    }

    /** The servers that must hold a shard, and those that hold it and stay: perhaps too many. */
    private static Set<String> keep(Wanted shard, Loads load, Map<String, Set<String>> exact) {
        List<String> must = load.named().servers().stream()
                .filter(server -> exact.getOrDefault(server, Set.of()).contains(shard.name()))
                .toList();
        Set<String> kept = new LinkedHashSet<>();
        shard.current().stream().filter(must::contains).forEach(kept::add);
        kept.addAll(must);
        shard.current().stream().filter(load::contains).forEach(kept::add);
        return kept;
    }

    /**
     * Gives up copies that are too many, on the fullest servers first, so that none has to move for balance afterwards.
     */
    private static void trim(Wanted shard, Map<String, Set<String>> exact, Loads load, Set<String> servers) {
        while (servers.size() > shard.copies()) {
            List<String> removable = servers.stream()
                    .filter(server -> !exact.getOrDefault(server, Set.of()).contains(shard.name()))
                    .toList();
            if (removable.isEmpty()) {
                return;
            }
            // Of equally full ones the last that does not lead goes.
            String goes = removable.reversed().stream()
                    .max(Comparator.<String>comparingInt(load::of)
                            .thenComparingInt(server -> server.equals(shard.leader()) ? 0 : 1))
                    .orElseThrow();
            servers.remove(goes);
            load.add(goes, -1);
        }
    }

    private static void fill(Wanted shard, int turn, Loads load, Set<String> servers) {
        while (servers.size() < shard.copies()) {
            // The tie between equally loaded servers is broken in turn, so that not the same servers always meet.
            Optional<String> next = least(load.free(), turn, servers).or(() -> least(load.named(), turn, servers));
            if (next.isEmpty()) {
                break;
            }
            servers.add(next.get());
            load.add(next.get(), 1);
        }
    }

    private static Optional<String> least(ServerLoads servers, int turn, Set<String> except) {
        int count = Math.max(1, servers.servers().size());
        return servers.least(Math.floorMod(turn, count), server -> !except.contains(server));
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

    private static void balance(List<Wanted> shards, Loads load, Map<String, Set<String>> chosen) {
        ServerLoads movable = load.free();
        Set<String> busy = new HashSet<>();
        shards.forEach(shard -> busy.addAll(shard.moving()));
        Set<Wanted> settled =
                new LinkedHashSet<>(shards.stream().filter(Wanted::settled).toList());
        int moves =
                (int) shards.stream().filter(shard -> !shard.moving().isEmpty()).count();
        while (moves++ < MOST_MOVES && movable.differBy(2)) {
            Fairness fairness = Fairness.of(movable);
            Move best = settled.stream()
                    .flatMap(shard -> moves(shard, busy, fairness, movable, chosen).stream())
                    .max(Move.BETTER)
                    .orElse(null);
            if (best == null) {
                return;
            }
            Set<String> servers = chosen.getOrDefault(best.shard().name(), new LinkedHashSet<>());
            List<String> replaced = new ArrayList<>(servers);
            replaced.replaceAll(server -> server.equals(best.from()) ? best.to() : server);
            servers.clear();
            servers.addAll(replaced);
            load.add(best.from(), -1);
            load.add(best.to(), 1);
            busy.addAll(List.of(best.from(), best.to()));
            settled.remove(best.shard());
        }
    }

    /**
     * Moves of a shard's copies, between servers that take part in no other one, which bring the loads closer to what
     * is fair: from each server to the one that holds least.
     */
    private static List<Move> moves(
            Wanted shard, Set<String> busy, Fairness fairness, ServerLoads movable, Map<String, Set<String>> chosen) {
        Set<String> servers = chosen.getOrDefault(shard.name(), Set.of());
        int sum = servers.stream().mapToInt(movable::of).sum();
        List<Move> moves = new ArrayList<>();
        for (String from : servers) {
            int more = movable.of(from);
            if (!movable.contains(from) || busy.contains(from) || more <= fairness.low()) {
                continue;
            }
            movable.least(0, server -> !busy.contains(server) && !servers.contains(server))
                    .filter(to -> fairness.helps(more, movable.of(to)))
                    .ifPresent(to -> moves.add(
                            new Move(shard, from, to, more - movable.of(to), from.equals(shard.leader()), sum)));
        }
        return moves;
    }

    /**
     * How many copies a server holds when all hold as many as they can alike: at least low, at most high.
     *
     * <p>Only what is above or below that moves, so that no copy moves which could have stayed.
     */
    private record Fairness(int low, int high) {

        static Fairness of(ServerLoads servers) {
            int copies = servers.sum();
            int count = Math.max(servers.servers().size(), 1);
            return new Fairness(copies / count, (copies + count - 1) / count);
        }

        boolean helps(int more, int less) {
            return more - less >= 2 && ((more > high && less < high) || (more > low && less < low));
        }
    }

    /**
     * A copy that could move.
     *
     * @param difference by how many copies the one server is fuller than the other
     * @param leads whether it leads
     * @param load of all servers of the shard
     */
    private record Move(Wanted shard, String from, String to, int difference, boolean leads, int load) {

        /** The greatest difference first, then those that do not lead, then those whose servers hold most. */
        private static final Comparator<Move> BETTER = Comparator.comparingInt(Move::difference)
                .thenComparingInt(move -> move.leads() ? 0 : 1)
                .thenComparingInt(Move::load);
    }

    private static boolean hasExactList(String server, Map<String, Set<String>> exact) {
        return !exact.getOrDefault(server, Set.of()).isEmpty();
    }
}
