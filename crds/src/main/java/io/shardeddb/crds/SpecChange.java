package io.shardeddb.crds;

import io.shardeddb.crds.SpecValidation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;

/**
 * Which changes of a {@link ShardedDatabaseSpec} are possible once it was in force, as a pure function. What would drop, move or
 * reinterpret rows that exist is refused, and so is what Kubernetes cannot change in place.
 */
public final class SpecChange {

    private SpecChange() {}

    /**
     * All violations; empty when the new spec may follow the old one. A shard that is left out is no violation: the operator keeps it
     * and says so.
     */
    public static List<Violation> check(ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        return check(before, after, table -> table.columns().size());
    }

    /**
     * The same where the old spec may hold tables that no server can ever have taken, because an earlier operator accepted what breaks the
     * servers' rules: what was never defined holds no rows, and may be changed or taken out.
     *
     * @param definable how many of a table's columns, from the first, may have been defined; 0 when the table never was
     */
    public static List<Violation> check(
            ShardedDatabaseSpec before, ShardedDatabaseSpec after, ToIntFunction<TableSpec> definable) {
        List<Violation> violations = new ArrayList<>();
        boolean holdsShards = !before.shards().isEmpty() || before.shardCount() != null;
        if (before.sharding().strategy() != after.sharding().strategy()
                && (holdsShards || before.tables().stream().anyMatch(table -> definable.applyAsInt(table) > 0))) {
            violations.add(new Violation(
                    "spec.sharding.strategy",
                    "cannot change from " + before.sharding().strategy() + ": rows are placed by it"));
        }
        if (before.shardCount() != null && !before.shardCount().equals(after.shardCount())) {
            violations.add(new Violation(
                    "spec.shardCount", "cannot change from " + before.shardCount() + ": the rows would have to move"));
        }
        checkShards(before, after, violations);
        checkTables(before, after, definable, violations);
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

    private static void checkTables(
            ShardedDatabaseSpec before,
            ShardedDatabaseSpec after,
            ToIntFunction<TableSpec> definable,
            List<Violation> violations) {
        for (TableSpec old : before.tables()) {
            int known = definable.applyAsInt(old);
            if (known == 0) {
                continue;
            }
            int at = indexOf(after.tables(), old.name());
            if (at < 0) {
                violations.add(new Violation(
                        "spec.tables", "table " + old.name() + " is missing: a table cannot be dropped here"));
            } else {
                checkTable(old, known, after.tables().get(at), "spec.tables[" + at + "]", violations);
            }
        }
    }

    private static int indexOf(List<TableSpec> tables, String name) {
        for (int i = 0; i < tables.size(); i++) {
            if (tables.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static void checkTable(TableSpec old, int known, TableSpec table, String path, List<Violation> violations) {
        if (!old.primaryKey().equals(table.primaryKey())) {
            violations.add(new Violation(path + ".primaryKey", "cannot change from " + old.primaryKey()));
        }
        if (!old.effectiveShardKey().equals(table.effectiveShardKey())) {
            violations.add(new Violation(path + ".shardKey", "cannot change from " + old.effectiveShardKey()));
        }
        for (int c = 0; c < known; c++) {
            ColumnSpec column = old.columns().get(c);
            boolean same =
                    c < table.columns().size() && column.equals(table.columns().get(c));
            if (!same) {
                violations.add(new Violation(
                        path + ".columns[" + c + "]",
                        column.name() + " " + column.type() + " cannot be dropped, moved or changed"));
            }
        }
        for (int c = known; c < table.columns().size(); c++) {
            if (!table.columns().get(c).nullable()) {
                violations.add(new Violation(
                        path + ".columns[" + c + "].nullable",
                        "a new column must be nullable: rows that exist have no value for it"));
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
