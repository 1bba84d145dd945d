package io.shardeddb.crds;

import io.shardeddb.crds.SpecValidation.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which changes of a {@link ShardedDatabaseSpec} are possible once it was in force, as a pure function. What would
 * drop, move or reinterpret rows that exist is refused, and so is what Kubernetes cannot change in place.
 */
public final class SpecChange {

    private SpecChange() {}

    /**
     * All violations; empty when the new spec may follow the old one. Both may be expanded or not. A shard that is left
     * out is no violation: the operator keeps it and says so. How tables may change is asked elsewhere.
     */
    public static List<Violation> check(ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        return check(before, after, !before.expanded().tables().isEmpty());
    }

    /**
     * The same where the old spec may hold tables that no server can ever have taken, because an earlier operator
     * accepted what breaks the servers' rules.
     *
     * @param holdsTables whether any table of the old spec may have been defined, and so holds rows
     */
    public static List<Violation> check(ShardedDatabaseSpec before, ShardedDatabaseSpec after, boolean holdsTables) {
        List<Violation> violations = new ArrayList<>();
        boolean holdsShards = !before.shards().isEmpty() || before.shardCount() != null;
        if (before.sharding().strategy() != after.sharding().strategy() && (holdsShards || holdsTables)) {
            violations.add(new Violation(
                    "spec.sharding.strategy",
                    "cannot change from " + before.sharding().strategy() + ": rows are placed by it"));
        }
        if (before.shardCount() != null && !before.shardCount().equals(after.shardCount())) {
            violations.add(new Violation(
                    "spec.shardCount", "cannot change from " + before.shardCount() + ": the rows would have to move"));
        }
        checkShards(before, after, violations);
        violations.addAll(checkPaths(before.expanded().tables(), after));
        checkStorage(before.servers().storage(), after.servers().storage(), violations);
        return violations;
    }

    /**
     * What is wrong with the paths of collections: a row lies where the value at the path says, so another path would
     * look for it elsewhere.
     *
     * @param before tables that may hold rows, whether they are in force or not
     * @param after the new spec
     */
    public static List<Violation> checkPaths(List<TableSpec> before, ShardedDatabaseSpec after) {
        Map<String, TableSpec> known = new HashMap<>();
        before.forEach(table -> known.put(table.name(), table));
        List<Violation> violations = new ArrayList<>();
        List<TableSpec> tables = after.expanded().tables();
        for (int i = 0; i < tables.size(); i++) {
            TableSpec table = tables.get(i);
            TableSpec old = known.get(table.name());
            if (old != null && !Objects.equals(old.shardKeyPath(), table.shardKeyPath())) {
                int collection = i - after.tables().size();
                violations.add(new Violation(
                        collection < 0 || collection >= after.collections().size()
                                ? "spec.tables[" + table.name() + "]"
                                : "spec.collections[" + collection + "].shardKey",
                        "the shard key of the documents of " + table.name() + " cannot change from " + path(old)
                                + " to " + path(table) + ": documents are placed by it"));
            }
        }
        return violations;
    }

    private static String path(TableSpec table) {
        return table.shardKeyPath() == null ? "none" : "'" + table.shardKeyPath() + "'";
    }

    private static void checkShards(ShardedDatabaseSpec before, ShardedDatabaseSpec after, List<Violation> violations) {
        for (ShardRangeSpec old : before.shards()) {
            for (int i = 0; i < after.shards().size(); i++) {
                ShardRangeSpec shard = after.shards().get(i);
                boolean same = shard.low().equals(old.low()) && shard.size().equals(old.size());
                if (shard.name().equals(old.name()) && !same) {
                    violations.add(new Violation(
                            "spec.shards[" + i + "]",
                            "the interval of " + old.name() + " cannot change from low " + old.low() + ", size "
                                    + old.size() + ": the rows would have to move"));
                }
            }
        }
    }

    private static void checkStorage(StorageSpec before, StorageSpec after, List<Violation> violations) {
        if (!before.size().equals(after.size())) {
            violations.add(new Violation(
                    "spec.servers.storage.size", "cannot change from " + before.size() + " once volumes are made"));
        }
        if (!Objects.equals(before.storageClassName(), after.storageClassName())) {
            violations.add(new Violation(
                    "spec.servers.storage.storageClassName",
                    "cannot change from " + before.storageClassName() + " once volumes are made"));
        }
    }
}
