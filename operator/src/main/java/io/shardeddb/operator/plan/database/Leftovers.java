package io.shardeddb.operator.plan.database;

import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Shards;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A shard that the spec leaves out keeps its positions, because its rows stay. A new shard over them would be a second
 * owner: some rows would be found, and others not.
 */
final class Leftovers {

    private Leftovers() {}

    /** What is wrong with new shards of a spec; empty when each has its positions for itself. */
    static List<SpecValidation.Violation> check(ShardedDatabaseSpec asked, AcceptedRecord before) {
        List<Shards.Wanted> wanted = Shards.wanted(asked);
        Set<String> names = new HashSet<>();
        wanted.forEach(shard -> names.add(shard.name()));
        List<SpecValidation.Violation> violations = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Shards.Wanted shard = wanted.get(i);
            if (before.started(shard.name()) != null) {
                continue;
            }
            for (String left : before.groups().keySet()) {
                AcceptedRecord.KnownGroup group = before.started(left);
                IntervalSpec interval = group == null ? null : group.interval();
                if (interval != null
                        && !names.contains(left)
                        && shard.interval().overlaps(interval)) {
                    violations.add(new SpecValidation.Violation(
                            "spec.shards[" + i + "]",
                            "shard " + shard.name() + " overlaps shard " + left
                                    + ", which the spec leaves out and whose rows are still there; name it " + left
                                    + ", or choose other positions"));
                }
            }
        }
        return violations;
    }
}
