package io.shardeddb.operator.plan.database;

import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Shards;
import io.shardeddb.operator.plan.Placement;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.ResourceNames;
import io.shardeddb.operator.plan.database.DatabaseStep.News;
import io.shardeddb.operator.report.ShardReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which servers should hold the shards that a spec asks for, and what is to be written down for it. Pure. */
final class PlacementPlan {

    private PlacementPlan() {}

    /** The placement of all shards that the spec asks for. */
    static Placement.Result place(
            ShardedDatabase database,
            Map<String, Shard> existing,
            List<String> roster,
            AcceptedRecord accepted,
            boolean calm) {
        Map<String, Set<String>> exact = new HashMap<>();
        for (NamedServerSpec named : database.getSpec().servers().named()) {
            exact.put(named.name(), new HashSet<>(named.shards()));
        }
        List<Placement.Wanted> shards = new ArrayList<>();
        for (Shards.Wanted shard : Shards.wanted(database.getSpec())) {
            Shard there = existing.get(shard.name());
            shards.add(new Placement.Wanted(
                    shard.name(),
                    shard.copies(),
                    current(shard.name(), there, accepted),
                    there == null || there.getStatus() == null
                            ? null
                            : there.getStatus().leader(),
                    ShardReport.settled(there),
                    there == null ? Set.of() : moving(there.getSpec())));
        }
        return Placement.place(shards, roster, exact, calm);
    }

    /** Servers that are getting a copy of a shard or giving one up. */
    private static Set<String> moving(ShardSpec shard) {
        Set<String> moving = new HashSet<>(shard.servers());
        shard.replicas().stream()
                .filter(replica -> replica.role() == MemberRole.Voter)
                .map(ShardReplicaSpec::server)
                .forEach(moving::remove);
        shard.replicas().stream()
                .map(ShardReplicaSpec::server)
                .filter(server -> !shard.servers().contains(server))
                .forEach(moving::add);
        return moving;
    }

    private static List<String> current(String shard, @Nullable Shard there, AcceptedRecord accepted) {
        if (there != null) {
            return there.getSpec().servers();
        }
        AcceptedRecord.KnownGroup known = accepted.started(shard);
        return known == null ? List.of() : known.servers();
    }

    /** Shards that exist and that the spec does not ask for. */
    static List<Refusal> leftOut(ShardedDatabase database, Map<String, Shard> existing) {
        Set<String> wanted = new HashSet<>(Shards.wanted(database.getSpec()).stream()
                .map(Shards.Wanted::name)
                .toList());
        return existing.keySet().stream()
                .filter(name -> !wanted.contains(name))
                .map(name -> new Refusal(
                        "shard " + name,
                        Reason.RowsWouldBeLost,
                        "removing it from the spec would drop its rows; it stays"))
                .toList();
    }

    /** What writes a placement down: new shards, and those whose servers change. */
    static List<DatabaseStep> steps(
            ShardedDatabase database,
            Map<String, Shard> existing,
            Placement.Result placement,
            AcceptedRecord accepted) {
        List<DatabaseStep> steps = new ArrayList<>();
        List<Shards.Wanted> wanted = Shards.wanted(database.getSpec());
        Map<String, String> taken = new HashMap<>();
        existing.forEach((name, shard) -> taken.put(name, shard.getMetadata().getName()));
        Map<String, String> names = ResourceNames.assign(
                database.getMetadata().getName(),
                wanted.stream().map(Shards.Wanted::name).toList(),
                taken);
        for (Shards.Wanted shard : wanted) {
            List<String> servers = placement.servers().getOrDefault(shard.name(), List.of());
            Shard there = existing.get(shard.name());
            if (there == null) {
                steps.add(make(database, shard, Objects.requireNonNull(names.get(shard.name())), servers, accepted));
                continue;
            }
            ShardSpec placed = Shards.placed(there.getSpec(), servers, Shards.tolerance(database.getSpec()));
            if (!placed.equals(there.getSpec())) {
                steps.add(new DatabaseStep.PlaceShard(there, placed, moved(there, servers)));
            }
        }
        steps.addAll(putBack(database, existing, accepted, taken.values()));
        return steps;
    }

    private static @Nullable News moved(Shard shard, List<String> servers) {
        List<String> before = shard.getSpec().servers();
        return before.equals(servers)
                ? null
                : new News(
                        Reason.ShardPlaced,
                        "shard " + shard.getSpec().name() + " goes from " + before + " to " + servers);
    }

    private static DatabaseStep make(
            ShardedDatabase database, Shards.Wanted shard, String name, List<String> servers, AcceptedRecord accepted) {
        AcceptedRecord.KnownGroup known = accepted.started(shard.name());
        return new DatabaseStep.MakeShard(
                Shards.fresh(database, shard, name, servers, known),
                new News(
                        known == null ? Reason.ShardPlaced : Reason.GroupContinued,
                        "shard " + shard.name()
                                + (known == null ? " is made on " : " goes on with group " + known.uid() + " on ")
                                + servers));
    }

    /**
     * Shards that the spec does not ask for any more, and whose resource somebody deleted: their rows are still there.
     */
    private static List<DatabaseStep> putBack(
            ShardedDatabase database, Map<String, Shard> existing, AcceptedRecord accepted, Collection<String> taken) {
        Set<String> known = new HashSet<>(existing.keySet());
        Shards.wanted(database.getSpec()).forEach(shard -> known.add(shard.name()));
        List<String> missing = accepted.groups().keySet().stream()
                .filter(name -> !known.contains(name))
                .filter(name -> accepted.started(name) != null)
                .sorted()
                .toList();
        Map<String, String> used = new HashMap<>();
        taken.forEach(name -> used.put(name, name));
        Map<String, String> names = ResourceNames.assign(database.getMetadata().getName(), missing, used);
        List<DatabaseStep> steps = new ArrayList<>();
        for (String shard : missing) {
            AcceptedRecord.KnownGroup group = Objects.requireNonNull(accepted.started(shard));
            if (group.interval() != null) {
                Shards.Wanted kept = new Shards.Wanted(
                        shard, group.interval(), group.servers().size());
                steps.add(make(database, kept, Objects.requireNonNull(names.get(shard)), group.servers(), accepted));
            }
        }
        return steps;
    }
}
