package io.shardeddb.router.http.admin;

import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * /rm as a change of the database's spec. Pure.
 *
 * <p>A shard keeps the copies on servers that stay, and never fewer than a quorum of those it has: where the removal
 * would leave fewer, the operator first makes copies on other servers. What cannot be had that way is refused: the last
 * copies of a shard, and fewer servers than a shard needs for its quorum.
 */
final class ServerRemoval {

    private ServerRemoval() {}

    /** A shard's copies before, and those that stay without any being made again. */
    private record Copies(int before, int left) {
        int quorum() {
            return before / 2 + 1;
        }
    }

    /**
     * The servers named, and more at random up to n: first those whose going leaves every shard its quorum, then those
     * for which a copy must be made elsewhere.
     *
     * @param servers the servers that there are, and their shards
     * @param random a number below its argument
     * @throws DatabaseException MALFORMED_REQUEST, or UNSAFE when a shard would lose its last copies or could not have
     *     its quorum
     */
    static SpecEdits.Edit remove(
            ShardedDatabaseSpec spec,
            ClusterRequest request,
            Map<String, List<String>> servers,
            IntUnaryOperator random) {
        List<String> chosen = choose(request, servers, random);
        List<String> dangers = dangers(chosen, servers);
        if (!dangers.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.UNSAFE,
                    "removing " + chosen + " would endanger data: " + String.join("; ", dangers),
                    Map.of("servers", String.join(",", chosen)));
        }
        Map<String, List<String>> placements = SpecEdits.named(spec);
        chosen.forEach(placements::remove);
        // Servers that the operator named take part by name alone: those that stay are written down, or it might take
        // away another one.
        servers.forEach((name, shards) -> {
            if (!chosen.contains(name)) {
                placements.putIfAbsent(name, shards);
            }
        });
        Map<String, Copies> copies = copies(chosen, servers);
        List<ShardRangeSpec> shards = spec.shards().stream()
                .map(shard -> {
                    Copies of = copies.get(shard.name());
                    return of == null || of.left() == of.before()
                            ? shard
                            : new ShardRangeSpec(
                                    shard.name(), shard.low(), shard.size(), Math.max(of.left(), of.quorum()));
                })
                .toList();
        int count = Math.max(placements.size(), servers.size() - chosen.size());
        return SpecEdits.edit(spec, spec.tables(), shards, placements, count, chosen);
    }

    private static List<String> choose(
            ClusterRequest request, Map<String, List<String>> servers, IntUnaryOperator random) {
        List<String> chosen = new ArrayList<>(request.servers().keySet());
        int n = request.count();
        if (chosen.size() > n || n > servers.size() || n < 0) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "Length of " + (request.hostnames() ? "hostname" : "server")
                            + " list is more than removable instances",
                    Map.of("field", "servers", "removable", Integer.toString(servers.size())));
        }
        for (String name : chosen) {
            if (!servers.containsKey(name)) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "Server Name : " + name + " not found; there are " + servers.keySet(),
                        Map.of("field", "servers", "server", name));
            }
        }
        List<String> others = new ArrayList<>(servers.keySet());
        others.removeAll(chosen);
        while (chosen.size() < n) {
            List<String> pool = best(others, chosen, servers);
            String next = pool.get(random.applyAsInt(pool.size()));
            others.remove(next);
            chosen.add(next);
        }
        return chosen;
    }

    private static List<String> best(List<String> others, List<String> chosen, Map<String, List<String>> servers) {
        List<String> safe = others.stream()
                .filter(name -> dangers(with(chosen, name), servers).isEmpty())
                .toList();
        List<String> free = safe.stream()
                .filter(name -> copies(with(chosen, name), servers).values().stream()
                        .allMatch(copies -> copies.left() >= copies.quorum()))
                .toList();
        return !free.isEmpty() ? free : !safe.isEmpty() ? safe : others;
    }

    private static List<String> with(List<String> chosen, String name) {
        List<String> with = new ArrayList<>(chosen);
        with.add(name);
        return with;
    }

    /**
     * Shards that would lose their last copies, or could not have a quorum of the copies they have on the servers that
     * stay.
     */
    private static List<String> dangers(List<String> gone, Map<String, List<String>> servers) {
        int staying = servers.size() - gone.size();
        List<String> dangers = new ArrayList<>();
        copies(gone, servers).forEach((shard, copies) -> {
            if (copies.left() == 0) {
                dangers.add("shard " + shard + " would lose its last copies");
            } else if (staying < copies.quorum()) {
                dangers.add("shard " + shard + " needs " + copies.quorum() + " of its " + copies.before()
                        + " copies, and only " + staying + " servers would stay");
            }
        });
        return dangers;
    }

    private static Map<String, Copies> copies(List<String> gone, Map<String, List<String>> servers) {
        Map<String, Copies> copies = new LinkedHashMap<>();
        servers.forEach((name, shards) -> shards.forEach(shard -> copies.merge(
                shard,
                new Copies(1, gone.contains(name) ? 0 : 1),
                (a, b) -> new Copies(a.before() + b.before(), a.left() + b.left()))));
        return copies;
    }
}
