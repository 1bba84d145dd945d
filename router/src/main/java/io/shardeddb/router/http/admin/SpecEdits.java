package io.shardeddb.router.http.admin;

import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.ServersSpec;
import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableAdmission;
import io.shardeddb.router.topology.Tables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * /init and /add as changes of the database's spec. Pure: the spec and the servers that there are in, the new spec out.
 * For /rm see {@link ServerRemoval}.
 */
final class SpecEdits {

    /** Greatest number of servers whose names one request leaves to be made up. */
    private static final int MADE_UP = 1_000;

    private SpecEdits() {}

    /**
     * A changed spec.
     *
     * @param spec as it should be; equal to the one before when nothing changes
     * @param servers names that were added or removed
     */
    record Edit(ShardedDatabaseSpec spec, List<String> servers) {}

    /**
     * What /init makes: the same content again changes nothing, more content is added, and what would drop something is
     * refused.
     *
     * @param random a number below its argument, for templates of names
     * @throws DatabaseException MALFORMED_REQUEST or CONFLICT
     */
    static Edit init(ShardedDatabaseSpec spec, ClusterRequest request, IntUnaryOperator random) {
        refuseHash(spec);
        TableSpec wanted = request.table();
        List<TableSpec> tables = tables(spec, wanted == null ? ClusterRequest.studentTable() : wanted, wanted == null);
        List<ShardRangeSpec> shards = initShards(spec, request.shards());
        Map<String, List<String>> placements = named(spec);
        List<String> added = new ArrayList<>();
        for (Map.Entry<String, List<String>> server : request.servers().entrySet()) {
            String name = resolve(server.getKey(), placements.keySet(), random);
            List<String> before = placements.get(name);
            if (before == null) {
                added.add(name);
            } else if (!server.getValue().containsAll(before)) {
                throw conflict("server " + name + " holds " + before + " and would lose some of them");
            }
            placements.put(name, server.getValue());
        }
        for (String name : named(spec).keySet()) {
            if (!request.servers().isEmpty() && !request.servers().containsKey(name)) {
                throw conflict("server " + name + " is there and is not in the request; DELETE /rm removes servers");
            }
        }
        int asked = request.n() == null ? 0 : request.n();
        int count = Math.max(Math.max(placements.size(), asked), spec.servers().count());
        return edit(spec, tables, withReplicas(spec, shards, placements, count, false), placements, count, added);
    }

    /**
     * What /add makes. The first assignment's form, with host names, may name fewer servers than it adds: the rest of
     * the names is made up. The second's must name each.
     *
     * @param existing names of the servers that there are
     * @throws DatabaseException MALFORMED_REQUEST or CONFLICT
     */
    static Edit add(ShardedDatabaseSpec spec, ClusterRequest request, Set<String> existing, IntUnaryOperator random) {
        refuseHashShards(spec, request);
        refuseCount(request);
        List<ShardRangeSpec> shards = new ArrayList<>(spec.shards());
        shards.addAll(request.shards());
        Map<String, List<String>> placements = named(spec);
        Set<String> taken = new LinkedHashSet<>(existing);
        taken.addAll(placements.keySet());
        List<String> added = new ArrayList<>();
        for (Map.Entry<String, List<String>> server : request.servers().entrySet()) {
            String name = resolve(server.getKey(), taken, random);
            if (!taken.add(name)) {
                throw conflict("there is already a server " + name);
            }
            placements.put(name, server.getValue());
            added.add(name);
        }
        while (added.size() < request.count() && request.hostnames()) {
            String name = resolve("Server$", taken, random);
            taken.add(name);
            placements.put(name, List.of());
            added.add(name);
        }
        int count = Math.max(spec.servers().count(), existing.size()) + added.size();
        return edit(spec, spec.tables(), withReplicas(spec, shards, placements, count, true), placements, count, added);
    }

    private static void refuseCount(ClusterRequest request) {
        int n = request.count();
        int named = request.servers().size();
        String reason = null;
        if (request.hostnames() && n < named) {
            reason = "Length of hostname list is more than newly added instances";
        } else if (n < 0 || (n > named && !request.hostnames())) {
            reason = "Number of new servers (n) is greater than newly added instances";
        } else if (n - named > MADE_UP) {
            reason = "names for " + (n - named) + " servers are not made up at once; at most " + MADE_UP + " are";
        }
        if (reason != null) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, reason, Map.of("field", "n"));
        }
    }

    private static void refuseHash(ShardedDatabaseSpec spec) {
        if (spec.sharding().strategy() == ShardingStrategy.Hash) {
            throw new DatabaseException(
                    ErrorCode.CONFLICT,
                    "/init needs a database with strategy Range; this one has Hash, which has no shard lows");
        }
    }

    private static void refuseHashShards(ShardedDatabaseSpec spec, ClusterRequest request) {
        if (spec.sharding().strategy() == ShardingStrategy.Hash
                && !request.shards().isEmpty()) {
            throw new DatabaseException(ErrorCode.CONFLICT, "shards cannot be added to a database with strategy Hash");
        }
    }

    private static List<TableSpec> tables(ShardedDatabaseSpec spec, TableSpec wanted, boolean byDefault) {
        for (TableSpec table : spec.tables()) {
            if (table.name().equals(wanted.name())) {
                if (!byDefault && !Tables.definition(withoutIndexes(table)).equals(Tables.definition(wanted))) {
                    throw conflict("table " + wanted.name() + " is there with other columns");
                }
                return spec.tables();
            }
        }
        List<TableSpec> tables = new ArrayList<>(spec.tables());
        tables.add(wanted);
        return tables;
    }

    /** A request has no indexes to name: those that are there stay. */
    private static TableSpec withoutIndexes(TableSpec table) {
        return new TableSpec(table.name(), table.columns(), table.primaryKey(), table.shardKey());
    }

    private static List<ShardRangeSpec> initShards(ShardedDatabaseSpec spec, List<ShardRangeSpec> wanted) {
        Set<String> seen = new HashSet<>();
        for (ShardRangeSpec shard : wanted) {
            if (!seen.add(shard.name())) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "Duplicate shard id " + shard.name() + " found in request",
                        Map.of("field", "shards"));
            }
        }
        refuseMissing(spec, seen);
        List<ShardRangeSpec> shards = new ArrayList<>(spec.shards());
        for (ShardRangeSpec before : spec.shards()) {
            ShardRangeSpec after = wanted.stream()
                    .filter(shard -> shard.name().equals(before.name()))
                    .findFirst()
                    .orElseThrow();
            if (!after.low().equals(before.low()) || !after.size().equals(before.size())) {
                throw conflict("shard " + before.name() + " is there with another interval");
            }
            seen.remove(before.name());
        }
        wanted.stream().filter(shard -> seen.contains(shard.name())).forEach(shards::add);
        return shards;
    }

    /** An /init over a database names all that is there: it must not be taken for a wish to drop the rest. */
    private static void refuseMissing(ShardedDatabaseSpec spec, Set<String> given) {
        List<String> missing = spec.shards().stream()
                .map(ShardRangeSpec::name)
                .filter(name -> !given.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    (given.isEmpty() ? "\"shards\" is missing" : "\"shards\" lacks some shards")
                            + ": the database is configured already, and an /init again must name what is there; not"
                            + " named "
                            + (missing.size() == 1 ? "is shard " : "are the shards ") + String.join(", ", missing)
                            + " (GET /status shows them)",
                    Map.of("conflict", "existing", "field", "shards"));
        }
    }

    /**
     * Lists are exact placements, so they say how many copies a shard has. A new shard has as many as there are lists
     * with it. A shard that is there already gets one more for each new list with it. Without a list the database's
     * number holds, as far as there are servers.
     */
    private static List<ShardRangeSpec> withReplicas(
            ShardedDatabaseSpec spec,
            List<ShardRangeSpec> shards,
            Map<String, List<String>> placements,
            int count,
            boolean newServers) {
        Map<String, List<String>> before = named(spec);
        int usual = spec.replication().replicas();
        return shards.stream()
                .map(shard -> {
                    boolean existing = spec.shards().stream()
                            .anyMatch(other -> other.name().equals(shard.name()));
                    int lists = lists(shard.name(), placements);
                    int present = shard.replicas() == null ? usual : shard.replicas();
                    int replicas = existing
                            ? Math.max(present + growth(newServers, present, lists(shard.name(), before), lists), 1)
                            : lists > 0 ? lists : Math.clamp(usual, 1, Math.max(count, 1));
                    return new ShardRangeSpec(
                            shard.name(),
                            shard.low(),
                            shard.size(),
                            replicas == present ? shard.replicas() : Integer.valueOf(replicas));
                })
                .toList();
    }

    /**
     * Copies to add when lists that name a shard became more: on new servers each; in /init those that were not placed
     * otherwise.
     */
    private static int growth(boolean newServers, int present, int listsBefore, int lists) {
        return newServers || listsBefore > 0 ? Math.max(0, lists - listsBefore) : Math.max(0, lists - present);
    }

    private static int lists(String shard, Map<String, List<String>> placements) {
        return (int) placements.values().stream()
                .filter(shards -> shards.contains(shard))
                .count();
    }

    /** The servers that the spec names, and the shards they must hold. */
    static Map<String, List<String>> named(ShardedDatabaseSpec spec) {
        Map<String, List<String>> named = new LinkedHashMap<>();
        spec.servers().named().forEach(server -> named.put(server.name(), server.shards()));
        return named;
    }

    /** A name with brackets or a dollar sign is a template: the server's number is chosen here. */
    private static String resolve(String name, Set<String> taken, IntUnaryOperator random) {
        if (!name.matches(".*\\[[^]]*].*") && !name.contains("$")) {
            return name;
        }
        String stem = name.replaceAll("\\[[^]]*]|\\$.*", "");
        int number = 10_000 + random.applyAsInt(90_000);
        String resolved = (stem.isBlank() ? "Server" : stem) + number;
        while (taken.contains(resolved)) {
            number++;
            resolved = (stem.isBlank() ? "Server" : stem) + number;
        }
        return resolved;
    }

    /**
     * The spec with these tables, shards and servers, checked. @throws DatabaseException MALFORMED_REQUEST when it
     * breaks a rule
     */
    static Edit edit(
            ShardedDatabaseSpec spec,
            List<TableSpec> tables,
            List<ShardRangeSpec> shards,
            Map<String, List<String>> placements,
            int count,
            List<String> servers) {
        ServersSpec before = spec.servers();
        List<NamedServerSpec> named = placements.entrySet().stream()
                .map(server -> new NamedServerSpec(server.getKey(), server.getValue()))
                .toList();
        ShardedDatabaseSpec edited = new ShardedDatabaseSpec(
                spec.sharding(),
                tables,
                spec.collections(),
                spec.keyValueSpaces(),
                spec.collectionsOnFirstUse(),
                shards,
                spec.shardCount(),
                spec.replication(),
                new ServersSpec(
                        count,
                        named,
                        before.storage(),
                        before.mysql(),
                        before.resources(),
                        before.affinity(),
                        before.tolerations(),
                        before.topologySpreadConstraints(),
                        before.podAnnotations()),
                spec.router(),
                spec.timestamps(),
                spec.paused(),
                spec.deletionPolicy());
        refuseInvalid(spec, edited);
        return new Edit(edited, List.copyOf(servers));
    }

    private static void refuseInvalid(ShardedDatabaseSpec before, ShardedDatabaseSpec edited) {
        refuse(ErrorCode.MALFORMED_REQUEST, SpecValidation.check(edited));
        refuse(
                ErrorCode.INVALID_SCHEMA,
                TableAdmission.problems(Tables.texts(edited), Tables.texts(before)).stream()
                        .map(problem -> new SpecValidation.Violation("spec." + problem.path(), problem.message()))
                        .toList());
    }

    private static void refuse(ErrorCode code, List<SpecValidation.Violation> violations) {
        if (!violations.isEmpty()) {
            throw new DatabaseException(
                    code,
                    violations.stream().map(SpecValidation.Violation::toString).collect(Collectors.joining("; ")),
                    Map.of("field", violations.getFirst().field()));
        }
    }

    private static DatabaseException conflict(String reason) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, reason, Map.of("conflict", "existing"));
    }

    /** The name by which the assignment's answer calls a server: "Server4" becomes "Server:4". */
    static String called(String name) {
        return name.matches("Server[0-9]+") ? "Server:" + name.substring("Server".length()) : name;
    }
}
