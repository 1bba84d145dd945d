package io.shardeddb.operator.plan.database;

import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Shards;
import io.shardeddb.operator.plan.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What is recorded and makes no catalog that routers can serve; earlier operators could write it. Pure. */
final class CatalogFaults {

    private CatalogFaults() {}

    /** What a person has to know; empty when all is well. */
    static List<Refusal> of(AcceptedRecord accepted, List<Shard> shards) {
        List<Refusal> faults = new ArrayList<>();
        Map<String, AcceptedRecord.KnownGroup> groups = new TreeMap<>(accepted.groups());
        Map<String, AcceptedRecord.KnownGroup> before = new TreeMap<>();
        groups.forEach((name, group) -> {
            before.forEach((other, known) -> {
                if (clash(group, known)) {
                    faults.add(overlap(other, name, group));
                }
            });
            before.put(name, group);
        });
        Set<String> there = new HashSet<>();
        shards.forEach(shard -> there.add(shard.getSpec().name()));
        Shards.wanted(accepted.spec()).forEach(shard -> there.add(shard.name()));
        groups.forEach((name, group) -> {
            if (group.interval() == null && group.bootstrapMember() != null && !there.contains(name)) {
                faults.add(new Refusal(
                        "shard " + name,
                        Reason.LastKnowledge,
                        "its group " + group.uid() + " is recorded without positions and has no Shard object, so it"
                                + " is not put back, and its rows are not served: ask for it in the spec, with the"
                                + " positions that it had"));
            }
        });
        return faults;
    }

    private static boolean clash(AcceptedRecord.KnownGroup one, AcceptedRecord.KnownGroup other) {
        IntervalSpec left = one.interval();
        IntervalSpec right = other.interval();
        return left != null && right != null && Objects.equals(one.epoch(), other.epoch()) && left.overlaps(right);
    }

    private static Refusal overlap(String first, String second, AcceptedRecord.KnownGroup group) {
        return new Refusal(
                "shard " + second,
                Reason.OverlappingShards,
                "it and shard " + first + " both own positions at epoch " + group.epoch()
                        + ": nobody can say where their rows are. Routers that run keep serving what they knew, and"
                        + " others serve nothing. Neither is removed: save the rows of both, delete the database with"
                        + " its record, and make it anew");
    }
}
