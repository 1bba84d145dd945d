package io.shardeddb.crds;

import io.shardeddb.crds.collections.CollectionIndexSpec;
import io.shardeddb.crds.collections.CollectionSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a {@link ShardedDatabaseSpec}, as a pure function: those that the CRD's schema and CEL state, and those
 * that they cannot. The operator runs it before it acts, the router and the command line before they write.
 */
public final class SpecValidation {

    /** What shares its names with collections. */
    private static final String TABLES = "table, collection or key-value space";

    /** Options of MySQL that the data path rests on, by name without dashes and underscores. */
    private static final Set<String> RESERVED_OPTIONS = Set.of(
            "bindaddress",
            "port",
            "datadir",
            "socket",
            "logbin",
            "skiplogbin",
            "disablelogbin",
            "innodbdoublewrite",
            "innodbflushlogattrxcommit",
            // How long a row may be is counted with these.
            "innodbpagesize",
            "innodbstrictmode",
            "innodbdefaultrowformat",
            "charactersetserver",
            "collationserver",
            "defaultstorageengine",
            "skipinnodb",
            "skipgranttables",
            "skipnetworking",
            "lowercasetablenames",
            "readonly",
            "sqlmode");

    /** Names that start so, in any case, are the system's own. */
    private static final String RESERVED_PREFIX = "_shardeddb";

    private static final String CONNECTIONS_OPTION = "maxconnections";

    /** A shard server uses up to 60 connections of its database; the others are for copies and for people. */
    private static final int LEAST_CONNECTIONS = 80;

    private SpecValidation() {}

    /**
     * A broken rule.
     *
     * @param field path of the field, for example {@code spec.shards[2].low}
     * @param message what is wrong and what is allowed
     */
    public record Violation(String field, String message) {
        @Override
        public String toString() {
            return field + ": " + message;
        }
    }

    /** All violations; empty when the spec is good. It is one as the resource has it, not an expanded one. */
    public static List<Violation> check(ShardedDatabaseSpec spec) {
        List<Violation> violations = new ArrayList<>();
        Set<String> tables = checkTables(spec, violations);
        checkCollections(spec, tables, violations);
        checkShards(spec, violations);
        checkReplication(spec, violations);
        checkServers(spec, violations);
        return List.copyOf(violations);
    }

    private static void checkCount(String field, int count, int most, List<Violation> violations) {
        if (count > most) {
            violations.add(new Violation(field, "has " + count + " elements; at most " + most + " are possible"));
        }
    }

    private static Set<String> checkTables(ShardedDatabaseSpec spec, List<Violation> violations) {
        checkCount("spec.tables", spec.tables().size(), SpecLimits.TABLES, violations);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.tables().size(); i++) {
            TableSpec table = spec.tables().get(i);
            String path = "spec.tables[" + i + "]";
            if (!names.add(table.name().toLowerCase(Locale.ROOT))) {
                violations.add(new Violation(path + ".name", "there is another table " + table.name()));
            }
            if (table.shardKeyPath() != null) {
                violations.add(new Violation(
                        path + ".shardKeyPath", "is no field of a table; a collection has a path, as its shardKey"));
            }
            for (int k = 0; k < table.indexes().size(); k++) {
                if (table.indexes().get(k).path() != null) {
                    violations.add(new Violation(
                            path + ".indexes[" + k + "].path",
                            "is no field of a table's index; a collection's indexes have paths"));
                }
            }
            checkTable(table, path, violations);
        }
        return names;
    }

    /**
     * Collections and spaces: tables whose columns are known.
     *
     * @param names of the tables, in lower case; those of collections and spaces are added
     */
    private static void checkCollections(ShardedDatabaseSpec spec, Set<String> names, List<Violation> violations) {
        int collections = spec.collections().size();
        int spaces = spec.keyValueSpaces().size();
        int all = spec.tables().size() + collections + spaces;
        if (collections + spaces > 0 && all > SpecLimits.TABLES) {
            violations.add(new Violation(
                    collections > 0 ? "spec.collections" : "spec.keyValueSpaces",
                    "tables, collections and key-value spaces are " + all + " together; at most " + SpecLimits.TABLES
                            + " are possible"));
        }
        for (int i = 0; i < collections; i++) {
            CollectionSpec collection = spec.collections().get(i);
            String path = "spec.collections[" + i + "]";
            checkName(collection.name(), SpecLimits.NAME_WITH_JSON, TABLES, path + ".name", names, violations);
            String shardKey = collection.shardKey();
            if (shardKey != null) {
                checkPath(shardKey, path + ".shardKey", violations);
            }
            checkIndexes(collection.indexes(), path + ".indexes", violations);
        }
        for (int i = 0; i < spaces; i++) {
            String name = spec.keyValueSpaces().get(i).name();
            checkName(name, SpecLimits.NAME, TABLES, "spec.keyValueSpaces[" + i + "].name", names, violations);
        }
        if (spec.sharding().strategy() != ShardingStrategy.Hash) {
            String why = "need the sharding strategy Hash, and this is "
                    + spec.sharding().strategy();
            if (collections > 0) {
                violations.add(new Violation("spec.collections", why));
            }
            if (spaces > 0) {
                violations.add(new Violation("spec.keyValueSpaces", why));
            }
        }
    }

    private static void checkIndexes(List<CollectionIndexSpec> indexes, String field, List<Violation> violations) {
        checkCount(field, indexes.size(), CollectionIndexSpec.MOST, violations);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < indexes.size(); i++) {
            CollectionIndexSpec index = indexes.get(i);
            String at = field + "[" + i + "]";
            checkName(index.name(), CollectionIndexSpec.LONGEST_NAME, "index", at + ".name", names, violations);
            String path = index.path();
            if (path == null
                    || path.length() > CollectionSpec.LONGEST_PATH
                    || !path.matches(CollectionIndexSpec.PATH)
                    || path.matches("(.*[.])?\\d+([.].*)?")) {
                violations.add(new Violation(
                        at + ".path",
                        "'" + path + "' cannot have an index: names with dots between them, "
                                + CollectionSpec.LONGEST_PATH
                                + " characters at most, none of the names empty, a number,"
                                + " with quotes, backslashes or control characters, or beginning with $"));
            }
        }
    }

    private static void checkName(
            @Nullable String name,
            int longest,
            String others,
            String field,
            Set<String> names,
            List<Violation> violations) {
        if (name == null
                || name.length() > longest
                || !name.matches("[A-Za-z_][A-Za-z0-9_$]*")
                || name.toLowerCase(Locale.ROOT).startsWith(RESERVED_PREFIX)) {
            violations.add(new Violation(
                    field,
                    "'" + name
                            + "' cannot be a name: a letter or underscore, then letters, digits, underscores or dollar"
                            + " signs, " + longest + " characters at most, and not starting with " + RESERVED_PREFIX
                            + ", which the system keeps for itself"));
        } else if (!names.add(name.toLowerCase(Locale.ROOT))) {
            violations.add(new Violation(field, "there is another " + others + " " + name));
        }
    }

    private static void checkPath(String path, String field, List<Violation> violations) {
        if (path.length() > CollectionSpec.LONGEST_PATH || !path.matches(CollectionSpec.PATH)) {
            violations.add(new Violation(
                    field,
                    "'" + path + "' is no path: names with dots between them, none of which is empty or begins with $,"
                            + " " + CollectionSpec.LONGEST_PATH + " characters at most, without control characters"));
        } else if (path.equals("_id") || path.startsWith("_id.")) {
            violations.add(new Violation(field, "leave it out where _id decides the shard: it is no object"));
        }
    }

    private static void checkTable(TableSpec table, String path, List<Violation> violations) {
        checkCount(path + ".columns", table.columns().size(), SpecLimits.COLUMNS, violations);
        checkCount(path + ".primaryKey", table.primaryKey().size(), SpecLimits.KEY_COLUMNS, violations);
        Set<String> columns = new HashSet<>();
        for (int c = 0; c < table.columns().size(); c++) {
            if (!columns.add(table.columns().get(c).name().toLowerCase(Locale.ROOT))) {
                violations.add(new Violation(
                        path + ".columns[" + c + "].name",
                        "there is another column " + table.columns().get(c).name()));
            }
        }
        if (table.primaryKey().isEmpty()) {
            violations.add(new Violation(path + ".primaryKey", "names no column; at least one is needed"));
            return;
        }
        Set<String> exact = new HashSet<>();
        table.columns().forEach(column -> exact.add(column.name()));
        for (int k = 0; k < table.primaryKey().size(); k++) {
            if (!exact.contains(table.primaryKey().get(k))) {
                violations.add(new Violation(
                        path + ".primaryKey[" + k + "]",
                        "there is no column " + table.primaryKey().get(k) + "; the columns are "
                                + table.columns().stream().map(ColumnSpec::name).toList()));
            }
        }
        if (!table.primaryKey().contains(table.effectiveShardKey())) {
            violations.add(new Violation(
                    path + ".shardKey",
                    table.effectiveShardKey() + " is not a column of the primary key " + table.primaryKey()
                            + ": a unique key must contain the shard key"));
        }
    }

    private static void checkShards(ShardedDatabaseSpec spec, List<Violation> violations) {
        if (spec.sharding().strategy() == ShardingStrategy.Hash) {
            if (!spec.shards().isEmpty()) {
                violations.add(new Violation("spec.shards", "with strategy Hash give shardCount, not shards"));
            }
            if (spec.shardCount() != null && (spec.shardCount() < 1 || spec.shardCount() > 1024)) {
                violations.add(new Violation("spec.shardCount", "must be 1 to 1024"));
            }
            return;
        }
        if (spec.shardCount() != null) {
            violations.add(new Violation("spec.shardCount", "with strategy Range give shards, not shardCount"));
        }
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < spec.shards().size(); i++) {
            ShardRangeSpec shard = spec.shards().get(i);
            String path = "spec.shards[" + i + "]";
            if (names.put(shard.name(), i) != null) {
                violations.add(new Violation(path + ".name", "there is another shard " + shard.name()));
            }
            if (shard.replicas() != null) {
                checkReplicas(path + ".replicas", shard.replicas(), violations);
            }
            if (shard.size() < 1) {
                violations.add(new Violation(path + ".size", "must be at least 1"));
            } else if (shard.low() > Long.MAX_VALUE - shard.size()) {
                violations.add(new Violation(path + ".size", "low + size exceeds " + Long.MAX_VALUE));
            } else {
                checkOverlap(spec, i, violations);
            }
        }
    }

    /** A named server holds exactly what it lists, so shards that are listed often have as many copies. */
    private static void checkPlacements(ServersSpec servers, List<Violation> violations) {
        Map<String, Integer> copies = new TreeMap<>();
        servers.named().forEach(server -> server.shards().forEach(shard -> copies.merge(shard, 1, Integer::sum)));
        copies.forEach((shard, count) -> {
            if (count > SpecLimits.REPLICAS) {
                violations.add(new Violation(
                        "spec.servers.named",
                        "shard " + shard + " is on " + count + " of these servers; at most " + SpecLimits.REPLICAS
                                + " copies are possible"));
            }
        });
    }

    private static void checkReplicas(String field, int replicas, List<Violation> violations) {
        if (replicas < 1 || replicas > SpecLimits.REPLICAS) {
            violations.add(new Violation(field, "must be 1 to " + SpecLimits.REPLICAS + ", is " + replicas));
        }
    }

    private static void checkOverlap(ShardedDatabaseSpec spec, int i, List<Violation> violations) {
        ShardRangeSpec shard = spec.shards().get(i);
        for (int j = 0; j < i; j++) {
            ShardRangeSpec other = spec.shards().get(j);
            boolean apart = other.size() < 1
                    || shard.low() + shard.size() <= other.low()
                    || other.low() + other.size() <= shard.low();
            if (!apart) {
                violations.add(new Violation(
                        "spec.shards[" + i + "]",
                        shard.name() + " [" + shard.low() + ", " + (shard.low() + shard.size()) + ") overlaps "
                                + other.name() + " [" + other.low() + ", " + (other.low() + other.size()) + ")"));
            }
        }
    }

    private static void checkReplication(ShardedDatabaseSpec spec, List<Violation> violations) {
        int replicas = spec.replication().replicas();
        checkReplicas("spec.replication.replicas", replicas, violations);
        Integer tolerance = spec.replication().faultTolerance();
        if (tolerance == null) {
            return;
        }
        if (tolerance < 1 || 2 * tolerance + 1 > replicas) {
            violations.add(new Violation(
                    "spec.replication.faultTolerance",
                    "must be 1 to (replicas - 1) / 2 = " + (replicas - 1) / 2 + ", is " + tolerance));
        }
    }

    private static void checkServers(ShardedDatabaseSpec spec, List<Violation> violations) {
        ServersSpec servers = spec.servers();
        if (servers.count() < servers.named().size()) {
            violations.add(new Violation(
                    "spec.servers.count",
                    "is " + servers.count() + ", but " + servers.named().size()
                            + " servers are named, and count includes them"));
        }
        checkPlacements(servers, violations);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < servers.named().size(); i++) {
            checkNamed(spec, i, names, violations);
        }
        servers.mysql().config().forEach((option, value) -> {
            String plain = option.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
            if (!option.matches("[A-Za-z][A-Za-z0-9_.-]*")) {
                violations.add(new Violation("spec.servers.mysql.config", "'" + option + "' is not an option's name"));
            } else if (RESERVED_OPTIONS.contains(plain)) {
                violations.add(new Violation(
                        "spec.servers.mysql.config." + option,
                        "is set by the operator, because durability, addressing or the size of rows rests on it"));
            } else if (plain.equals(CONNECTIONS_OPTION) && !isAtLeast(value, LEAST_CONNECTIONS)) {
                violations.add(new Violation(
                        "spec.servers.mysql.config." + option,
                        "is '" + value + "'; must be a number of at least " + LEAST_CONNECTIONS
                                + ", because a shard server uses many connections"));
            }
        });
    }

    private static boolean isAtLeast(String value, int least) {
        try {
            return Integer.parseInt(value.strip()) >= least;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static void checkNamed(ShardedDatabaseSpec spec, int i, Set<String> names, List<Violation> violations) {
        NamedServerSpec server = spec.servers().named().get(i);
        String path = "spec.servers.named[" + i + "]";
        if (!names.add(server.name())) {
            violations.add(new Violation(path + ".name", "there is another server " + server.name()));
        }
        Set<String> seen = new HashSet<>();
        for (int s = 0; s < server.shards().size(); s++) {
            String shard = server.shards().get(s);
            if (!seen.add(shard)) {
                violations.add(new Violation(path + ".shards[" + s + "]", shard + " is listed twice"));
            }
            boolean known = spec.sharding().strategy() == ShardingStrategy.Hash
                    || spec.shards().stream()
                            .anyMatch(candidate -> candidate.name().equals(shard));
            if (!known) {
                violations.add(new Violation(path + ".shards[" + s + "]", "there is no shard " + shard));
            }
        }
    }
}
