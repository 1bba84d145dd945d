package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Schemas;
import io.shardeddb.operator.desired.TableProposal;
import io.shardeddb.operator.desired.TableProposal.ShardVersions;
import io.shardeddb.operator.desired.TablesDecision;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.protocol.schema.TablePermissions;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one look decides about the tables that a spec asks for, and what it tells of them. */
final class TableLook {

    private static final String ANNOTATION = "annotation " + ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION;

    private final TableTrials trials;
    private final EventLog events;

    TableLook(TableTrials trials, EventLog events) {
        this.trials = trials;
        this.events = events;
    }

    /** What was observed, when it is needed: at rest, nothing is asked for. */
    interface Observing {
        DatabaseObservation observe() throws InterruptedException;
    }

    /**
     * Decides about the tables of a spec that breaks no rule of its own.
     *
     * @param addresses of the servers, host:port by name
     */
    TablesDecision decide(
            ShardedDatabase asked,
            AcceptedRecord before,
            boolean initialised,
            DatabaseMemory memory,
            Map<String, String> addresses,
            Observing observing)
            throws InterruptedException {
        if (Schemas.hash(asked.getSpec()).equals(before.schemaHash())) {
            memory.proposes("");
            return new TablesDecision.Unchanged();
        }
        DatabaseObservation observation = observing.observe();
        Map<String, ShardVersions> shards = versions(observation);
        TableProposal proposal = TableProposal.of(asked.getSpec(), before, initialised, shards);
        if (proposal.kept()) {
            return new TablesDecision.Unchanged();
        }
        if (proposal.violations().isEmpty() && memory.proposes(Schemas.hash(asked.getSpec()))) {
            events.done(asked, Reason.TablesProposed, "other tables are asked for: " + proposal.told());
        }
        long greatest = shards.values().stream()
                .mapToLong(ShardVersions::greatest)
                .max()
                .orElse(0);
        long generation = Objects.requireNonNullElse(asked.getMetadata().getGeneration(), 1L);
        return TablesDecision.of(
                proposal,
                new TablesDecision.Grounds(
                        permissions(asked),
                        before.permissions().spent(),
                        attempt(asked, proposal, observation, addresses),
                        older(observation),
                        Math.max(generation, Math.max(before.schemaVersion(), greatest) + 1)));
    }

    private TablesDecision.Trial attempt(
            ShardedDatabase asked,
            TableProposal proposal,
            DatabaseObservation observation,
            Map<String, String> addresses) {
        boolean nothingToMake = proposal.changes().isEmpty();
        // The first tables are made where there is nothing yet; what cannot be made is told by the shards.
        if (proposal.first() || nothingToMake || !proposal.violations().isEmpty()) {
            return new TablesDecision.Trial.Passed(List.of());
        }
        List<TableTrials.Candidate> candidates = new ArrayList<>();
        new TreeMap<>(addresses).forEach((server, address) -> {
            ServerStatus status = observation.servers().servers().get(server);
            if (status != null && status.getMysqlReachable() && observation.ready(server)) {
                candidates.add(new TableTrials.Candidate(
                        server, address, image(observation.pods().get(server))));
            }
        });
        return trials.ask(
                asked.getMetadata().getUid(),
                proposal.wanted().toBuilder()
                        .setRules(proposal.steps().rules())
                        .addAllDrops(proposal.steps().drops())
                        .addAllReverts(proposal.steps().reverts())
                        .build(),
                proposal.present(),
                candidates);
    }

    /** The image of a pod's database: the operator knows nothing nearer of what it is. */
    private static String image(@Nullable Pod pod) {
        Stream<Container> containers =
                pod == null || pod.getSpec() == null ? Stream.empty() : pod.getSpec().getContainers().stream();
        return containers
                .filter(container -> container.getName().equals("mysqld"))
                .map(container -> String.valueOf(container.getImage()))
                .findFirst()
                .orElse("");
    }

    /** Servers that do not know every change of tables; and those that are silent and may be of an older release. */
    private static List<String> older(DatabaseObservation observation) {
        return observation.sets().keySet().stream()
                .filter(server -> {
                    ServerStatus status = observation.servers().servers().get(server);
                    return status != null
                            ? status.getTableRules() < TableProposal.ALL_CHANGES
                            : observation.pods().containsKey(server) && !observation.current(server);
                })
                .sorted()
                .toList();
    }

    private static Map<String, ShardVersions> versions(DatabaseObservation observation) {
        Map<String, ShardVersions> versions = new TreeMap<>();
        observation.shards().forEach((name, shard) -> {
            ShardStatus status = shard.getStatus();
            long told = status == null ? 0 : Objects.requireNonNullElse(status.schemaVersion(), 0L);
            long shown = observation.servers().replicas(Uids.ofResource(shard.groupUid())).stream()
                    .mapToLong(ReplicaStatus::getSchemaVersion)
                    .max()
                    .orElse(0);
            versions.put(
                    name, new ShardVersions(told, Math.max(told, shown), status != null && status.leader() != null));
        });
        return versions;
    }

    /** What somebody allows. */
    static TablePermissions permissions(ShardedDatabase database) {
        Map<String, String> annotations = database.getMetadata().getAnnotations();
        return TablePermissions.parse(
                annotations == null ? null : annotations.get(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION));
    }

    /** What is held back: changes that nobody allowed, and permissions that cannot be read. */
    static List<Refusal> refusals(ShardedDatabase asked, TablesDecision decision) {
        List<Refusal> refusals = new ArrayList<>();
        if (decision instanceof TablesDecision.Withheld withheld) {
            refusals.add(new Refusal(
                    "tables",
                    Reason.PermissionNeeded,
                    withheld.what() + ": needs " + String.join(" and ", withheld.permissions())
                            + "; to allow it, set the " + ANNOTATION + " to \"" + withheld.text() + "\""));
        }
        permissions(asked)
                .problems()
                .forEach(problem -> refusals.add(new Refusal(ANNOTATION, Reason.PermissionUnclear, problem)));
        return refusals;
    }

    /** What the tables asked for wait for; absent: they do not wait. */
    static @Nullable String waits(TablesDecision decision) {
        return decision instanceof TablesDecision.Wait wait
                ? "the tables asked for are not in force yet: " + wait.why()
                : null;
    }

    /** Tells what became of the tables with a record that was written. */
    void tell(
            ShardedDatabase database,
            TablesDecision decision,
            @Nullable AcceptedRecord before,
            AcceptedRecord accepted) {
        if (before == null) {
            return;
        }
        if (decision instanceof TablesDecision.Accept accept) {
            if (!accept.tried().isEmpty()) {
                events.done(
                        database,
                        Reason.TablesTried,
                        "version " + accept.version() + " of the tables can be made by "
                                + String.join(" and ", accept.tried()));
            }
            Long takesBack = accept.takesBack();
            events.done(
                    database,
                    takesBack == null ? Reason.TablesAccepted : Reason.TablesTakenBack,
                    "version " + accept.version() + " of the tables "
                            + (takesBack == null ? "was accepted: " : "takes back version " + takesBack + ": ")
                            + accept.what()
                            + (accept.steps().drops().isEmpty()
                                    ? ""
                                    : "; it drops "
                                            + String.join(", ", accept.steps().drops())));
        }
        AcceptedRecord.TablesInForce now = accepted.inForce();
        AcceptedRecord.TablesInForce then = before.inForce();
        if (now != null && (then == null || then.version() != now.version())) {
            events.done(database, Reason.TablesInForce, "version " + now.version() + " of the tables is in force");
        }
    }
}
