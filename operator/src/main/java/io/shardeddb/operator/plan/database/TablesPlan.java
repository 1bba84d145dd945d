package io.shardeddb.operator.plan.database;

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
import io.shardeddb.operator.plan.database.DatabaseStep.News;
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

/** What one reconcile decides about the tables that a spec asks for, and what it tells of them. Pure. */
final class TablesPlan {

    private static final String ANNOTATION = "annotation " + ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION;

    private TablesPlan() {}

    /**
     * What was decided.
     *
     * @param decision about the tables
     * @param proposed hash of the tables that were told as proposed; "" for those that are accepted
     * @param steps what is to be told and tried
     */
    record Result(TablesDecision decision, String proposed, List<DatabaseStep> steps) {}

    /**
     * Decides about the tables of a spec that breaks no rule of its own.
     *
     * @param proposed what the reconcile before told as proposed
     */
    static Result decide(ObservedDatabase seen, AcceptedRecord before, String proposed) {
        ShardedDatabase asked = seen.asked();
        String hash = Schemas.hash(asked.getSpec());
        if (hash.equals(before.schemaHash())) {
            return new Result(new TablesDecision.Unchanged(), "", List.of());
        }
        DatabaseObservation observation = seen.observation();
        Map<String, ShardVersions> shards = versions(observation);
        boolean initialised = asked.getStatus() != null && asked.getStatus().schemaVersion() != null;
        TableProposal proposal = TableProposal.of(asked.getSpec(), before, initialised, shards);
        if (proposal.kept()) {
            return new Result(new TablesDecision.Unchanged(), proposed, List.of());
        }
        List<DatabaseStep> steps = new ArrayList<>();
        boolean good = proposal.violations().isEmpty();
        if (good && !hash.equals(proposed)) {
            steps.add(new DatabaseStep.Tell(
                    new News(Reason.TablesProposed, "other tables are asked for: " + proposal.told())));
        }
        TablesDecision.Trial outcome = new TablesDecision.Trial.Passed(List.of());
        // The first tables are made where there is nothing yet; what cannot be made is told by the shards.
        if (!proposal.first() && !proposal.changes().isEmpty() && good) {
            TableTrial trial = trial(seen, proposal);
            outcome = outcome(trial, seen.trial());
            if (!(outcome instanceof TablesDecision.Trial.Passed)) {
                steps.add(new DatabaseStep.TryTables(trial));
            }
        }
        long greatest = shards.values().stream()
                .mapToLong(ShardVersions::greatest)
                .max()
                .orElse(0);
        long generation = Objects.requireNonNullElse(asked.getMetadata().getGeneration(), 1L);
        TablesDecision decision = TablesDecision.of(
                proposal,
                new TablesDecision.Grounds(
                        permissions(asked),
                        before.permissions().spent(),
                        outcome,
                        older(
                                observation,
                                Math.max(
                                        TableProposal.ALL_CHANGES,
                                        proposal.steps().rules())),
                        Math.max(generation, Math.max(before.schemaVersion(), greatest) + 1)));
        return new Result(decision, good ? hash : proposed, steps);
    }

    private static TablesDecision.Trial outcome(TableTrial trial, TableTrial.@Nullable Told told) {
        if (trial.candidates().isEmpty()) {
            return new TablesDecision.Trial.Unanswered("no server answers");
        }
        return told != null && told.of().equals(trial.key()) ? told.outcome() : new TablesDecision.Trial.Trying();
    }

    private static TableTrial trial(ObservedDatabase seen, TableProposal proposal) {
        DatabaseObservation observation = seen.observation();
        List<TableTrial.Candidate> candidates = new ArrayList<>();
        seen.addresses().forEach((server, address) -> {
            ServerStatus status = observation.servers().servers().get(server);
            // One of an older release would refuse what it does not know.
            boolean knows = status != null && status.getTableRules() >= Schemas.rulesOfIndexes(proposal.wanted());
            if (status != null && knows && status.getMysqlReachable() && observation.ready(server)) {
                candidates.add(new TableTrial.Candidate(
                        server, address, image(observation.pods().get(server))));
            }
        });
        return new TableTrial(
                proposal.wanted().toBuilder()
                        // What is taken back is not in force, so nothing of it is made for a trial. Servers of an older
                        // release need not know of it either.
                        .setRules(Math.max(
                                Schemas.rulesOfIndexes(proposal.wanted()),
                                Math.min(proposal.steps().rules(), TableProposal.ALL_CHANGES)))
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

    /** Servers that do not know some rules of tables; and those that are silent and may be of an older release. */
    private static List<String> older(DatabaseObservation observation, int rules) {
        return observation.sets().keySet().stream()
                .filter(server -> {
                    ServerStatus status = observation.servers().servers().get(server);
                    return status != null
                            ? status.getTableRules() < rules
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

    private static String named(String beginning, List<String> names) {
        return names.isEmpty() ? "" : beginning + String.join(", ", names);
    }

    /** What is told of the tables with a record that was written. */
    static List<News> news(TablesDecision decision, @Nullable AcceptedRecord before, AcceptedRecord accepted) {
        List<News> news = new ArrayList<>();
        if (before == null) {
            return news;
        }
        if (decision instanceof TablesDecision.Accept accept) {
            if (!accept.tried().isEmpty()) {
                news.add(new News(
                        Reason.TablesTried,
                        "version " + accept.version() + " of the tables can be made by "
                                + String.join(" and ", accept.tried())));
            }
            Long takesBack = accept.takesBack();
            news.add(new News(
                    takesBack == null ? Reason.TablesAccepted : Reason.TablesTakenBack,
                    "version " + accept.version() + " of the tables "
                            + (takesBack == null ? "was accepted: " : "takes back version " + takesBack + ": ")
                            + accept.what()
                            + named("; it drops ", accept.steps().drops())
                            + named(
                                    "; it removes, if nothing is in them, ",
                                    accept.steps().takesBack())));
        }
        AcceptedRecord.TablesInForce now = accepted.inForce();
        AcceptedRecord.TablesInForce then = before.inForce();
        if (now != null && (then == null || then.version() != now.version())) {
            news.add(new News(Reason.TablesInForce, "version " + now.version() + " of the tables is in force"));
        }
        return news;
    }
}
