package io.shardeddb.crds;

import io.shardeddb.crds.SpecValidation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Which changes of a {@link ShardedDatabaseSpec} are possible once it was in force, as a pure function. What would
 * drop, move or reinterpret rows that exist is refused, and so is what Kubernetes cannot change in place.
 */
public final class SpecChange {

    private SpecChange() {}

    /**
     * All violations; empty when the new spec may follow the old one. A shard that is left out is no violation: the
     * operator keeps it and says so. How tables may change is asked elsewhere.
     */
    public static List<Violation> check(ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        return check(before, after, !before.tables().isEmpty());
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
        checkStorage(before.servers().storage(), after.servers().storage(), violations);
        return violations;
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
