package io.shardeddb.operator.reconcile;

import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Shards;
import io.shardeddb.operator.plan.Placement;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.ResourceNames;
import io.shardeddb.operator.report.EventLog;
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

/** Makes the shards that a spec asks for, and writes down which servers shall hold them. */
final class ShardPlacing {

    private final ObjectWriter writer;
    private final EventLog events;

    ShardPlacing(ObjectWriter writer, EventLog events) {
        this.writer = writer;
        this.events = events;
    }

    /** The placement of all shards that the spec asks for. */
    static Placement.Result plan(
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

    /** Writes a placement: new shards, and those whose servers change. */
    void write(
            ShardedDatabase database, Map<String, Shard> existing, Placement.Result placement, AcceptedRecord accepted)
            throws StepFailed {
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
            if (there != null) {
                move(database, there, servers, Shards.tolerance(database.getSpec()));
                continue;
            }
            make(database, shard, Objects.requireNonNull(names.get(shard.name())), servers, accepted);
        }
        putBack(database, existing, accepted, taken.values());
    }

    private void make(
            ShardedDatabase database, Shards.Wanted shard, String name, List<String> servers, AcceptedRecord accepted)
            throws StepFailed {
        AcceptedRecord.KnownGroup known = accepted.started(shard.name());
        boolean made = writer.create(Shards.fresh(database, shard, name, servers, known));
        if (made) {
            events.done(
                    database,
                    known == null ? Reason.ShardPlaced : Reason.GroupContinued,
                    "shard " + shard.name()
                            + (known == null ? " is made on " : " goes on with group " + known.uid() + " on ")
                            + servers);
        }
    }

    /** Shards that the spec does not ask for any more, and whose resource somebody deleted: their rows are still there. */
    private void putBack(
            ShardedDatabase database, Map<String, Shard> existing, AcceptedRecord accepted, Collection<String> taken)
            throws StepFailed {
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
        for (String shard : missing) {
            AcceptedRecord.KnownGroup group = Objects.requireNonNull(accepted.started(shard));
            if (group.interval() != null) {
                Shards.Wanted kept = new Shards.Wanted(
                        shard, group.interval(), group.servers().size());
                make(database, kept, Objects.requireNonNull(names.get(shard)), group.servers(), accepted);
            }
        }
    }

    private void move(ShardedDatabase database, Shard shard, List<String> servers, @Nullable Integer faultTolerance)
            throws StepFailed {
        ShardSpec placed = Shards.placed(shard.getSpec(), servers, faultTolerance);
        if (placed.equals(shard.getSpec())) {
            return;
        }
        Shard changed = new Shard();
        changed.setMetadata(shard.getMetadata());
        changed.setStatus(shard.getStatus());
        changed.setSpec(placed);
        writer.replace(changed);
        List<String> before = shard.getSpec().servers();
        if (!before.equals(servers)) {
            events.done(
                    database,
                    Reason.ShardPlaced,
                    "shard " + shard.getSpec().name() + " goes from " + before + " to " + servers);
        }
    }
}
