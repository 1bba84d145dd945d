package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.catalog.Catalog;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What steps act on: the objects of one database, and the processes that the cluster has on record. Each method tells
 * in a few words what it did. What lasts is ended some steps later, and at the latest at the end of the round. Used by
 * one thread.
 */
public final class FuzzWorld {

    private static final String OPERATOR_NAMESPACE = "shardeddb-system";
    /** A router gives a write up after 10 s. */
    private static final long NO_QUORUM_MILLIS = 20_000;

    private final Cluster cluster;
    private final String database;
    private final FuzzSpec spec;
    private final FuzzClients clients;
    private final Processes processes;
    private final List<Later> later = new ArrayList<>();
    private boolean shardDeleted;
    private boolean recordDeleted;
    /** The record as it was when a step deleted it last; absent: none did. */
    private @Nullable ObjectNode kept;

    private boolean somebodyFrozen;
    private volatile boolean operatorAway;

    /** What is to be done when some more steps were. */
    private record Later(AtomicInteger steps, String what, Supplier<String> end) {}

    public FuzzWorld(Cluster cluster, Faults faults, String database, FuzzSpec spec, FuzzClients clients) {
        this.cluster = cluster;
        this.database = database;
        this.spec = spec;
        this.clients = clients;
        this.processes = new Processes(faults);
    }

    FuzzSpec spec() {
        return spec;
    }

    /** Whether the operator cannot look now: a step has stopped it, or it has begun again and is not ready yet. */
    boolean operatorAway() {
        return operatorAway
                || operator().getStatus().getConditions().stream()
                        .noneMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** Writes another spec. */
    String wants(FuzzSpec.State next) {
        spec.set(next);
        clients.know(spec);
        return write(next);
    }

    /** Writes a spec that is not what is wanted in the end. */
    String write(FuzzSpec.State state) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set("spec", state.json());
        return patched(KnownKinds.DATABASE.path(cluster.namespace(), database), patch, text(state));
    }

    private static String text(FuzzSpec.State state) {
        InvalidEdit invalid = state.invalid();
        return "columns " + state.columns() + ", " + state.shards() + " shards, " + state.replicas() + " copies, "
                + state.servers() + " servers"
                + (state.paused() ? ", paused" : "") + (invalid == null ? "" : ", with " + invalid.name());
    }

    private String patched(String path, JsonNode patch, String said) {
        try {
            cluster.api().merge(path, patch);
            return said;
        } catch (ApiRefused e) {
            return said + " (refused by the API: " + e.status() + ")";
        }
    }

    /** Does something when so many more steps were done. */
    void later(int steps, String what, Supplier<String> end) {
        later.add(new Later(new AtomicInteger(steps), what, end));
    }

    /** Ends what lasts long enough. To be called before each step. Returns what was done. */
    public List<String> endWhatIsDue() {
        List<String> done = new ArrayList<>();
        for (Iterator<Later> all = later.iterator(); all.hasNext(); ) {
            Later next = all.next();
            if (next.steps().decrementAndGet() <= 0) {
                all.remove();
                done.add(next.what() + ": " + next.end().get());
            }
        }
        return done;
    }

    /** Lets processes go on, and leaves the spec as it is. */
    public void healProcesses() {
        processes.thawAll();
        operatorAway = false;
        somebodyFrozen = false;
    }

    /** Forgets what was to be done later: the spec is put right as a whole. */
    public void beginRound() {
        later.clear();
        shardDeleted = false;
        recordDeleted = false;
    }

    String deleteShard(int choice) {
        if (recordDeleted) {
            // Record and object gone at once: a person has to put one back.
            return "not in this round: the record was deleted";
        }
        List<Shard> shards = cluster.shards(database);
        if (shards.isEmpty()) {
            return "no Shard object";
        }
        Shard shard = shards.get(choice % shards.size());
        shardDeleted = true;
        return deleted(
                KnownKinds.SHARD.path(cluster.namespace(), shard.getMetadata().getName()));
    }

    private String deleted(String path) {
        try {
            cluster.api().delete(path);
            return path;
        } catch (ApiRefused e) {
            return path + " (refused by the API: " + e.status() + ")";
        }
    }

    /** Somebody writes another interval into a Shard object, at the same epoch. */
    String editShard(int choice) {
        List<Shard> shards = cluster.shards(database);
        if (shards.isEmpty()) {
            return "no Shard object";
        }
        Shard shard = shards.get(choice % shards.size());
        long from = shard.getSpec().interval().from();
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("spec").putObject("interval").put("from", from).put("to", from + RowModel.SHARD_SIZE / 2);
        return patched(
                KnownKinds.SHARD.path(cluster.namespace(), shard.getMetadata().getName()),
                patch,
                shard.getMetadata().getName() + " owns half of what it did");
    }

    private String record() {
        return KnownKinds.named("configmap").orElseThrow().path(cluster.namespace(), Catalog.objectName(database));
    }

    String deleteRecord() {
        if (shardDeleted) {
            return "not in this round: a Shard object was deleted";
        }
        recordDeleted = true;
        // A person who deletes it has a copy.
        kept = cluster.api().find(record()).map(FuzzWorld::copy).orElse(kept);
        return deleted(record());
    }

    private static ObjectNode copy(JsonNode record) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.put("apiVersion", "v1").put("kind", "ConfigMap");
        ObjectNode metadata = copy.putObject("metadata");
        for (String field : List.of("name", "namespace", "labels", "annotations", "ownerReferences")) {
            if (record.path("metadata").has(field)) {
                metadata.set(field, record.path("metadata").path(field));
            }
        }
        copy.set("data", record.path("data"));
        return copy;
    }

    /** Puts the record back that was deleted last; false: none was, or another one is there by now. */
    boolean putRecordBack() {
        ObjectNode copy = kept;
        if (copy == null || cluster.api().find(record()).isPresent()) {
            return false;
        }
        cluster.api().apply(record(), copy, Api.Applying.FORCE);
        return true;
    }

    String editRecord(RecordEdit edit) {
        return cluster.api()
                .find(record())
                .map(found -> found.path("data").path(Catalog.KEY).asText(""))
                .filter(text -> !text.isEmpty())
                .map(text -> {
                    ObjectNode patch = JsonNodeFactory.instance.objectNode();
                    patch.putObject("data").put(Catalog.KEY, edit.change().apply(text));
                    return patched(record(), patch, edit.name());
                })
                .orElse("there is no catalog");
    }

    private List<Pod> pods(String beginning) {
        return cluster.pods().stream()
                .filter(pod -> database.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .filter(pod -> pod.getMetadata().getName().startsWith(beginning))
                .toList();
    }

    private Pod pod(String name) {
        return pods(name).stream().findFirst().orElseThrow(() -> new CommandFailure(1, "there is no pod " + name));
    }

    List<String> routerPods() {
        return pods(database + "-router-").stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    String deleteRouter(int choice) {
        List<String> routers = routerPods();
        return routers.isEmpty()
                ? "no router"
                : deleted(KnownKinds.POD.path(cluster.namespace(), routers.get(choice % routers.size())));
    }

    /** Name of some server's pod. */
    String server(int choice) {
        List<Pod> servers = pods(database + "-").stream()
                .filter(pod -> Cluster.serverName(pod) != null)
                .toList();
        return servers.isEmpty()
                ? ""
                : servers.get(choice % servers.size()).getMetadata().getName();
    }

    /** Name of the pod that leads some shard, as the operator saw it last; of some server when nobody does. */
    String leader(int choice) {
        List<String> leaders = cluster.shards(database).stream()
                .filter(shard -> shard.getStatus() != null && shard.getStatus().leader() != null)
                .map(shard -> Objects.requireNonNull(shard.getStatus().leader()))
                .toList();
        if (leaders.isEmpty()) {
            return server(choice);
        }
        String leader = leaders.get(choice % leaders.size());
        return pods(database + "-").stream()
                .filter(pod -> leader.equals(Cluster.serverName(pod)))
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElseGet(() -> server(choice));
    }

    /** Name of the container with the database in a server's pod. */
    String databaseContainer(String pod) {
        return pod(pod).getSpec().getContainers().stream()
                .map(Container::getName)
                .filter(container -> !container.equals(Faults.SERVER))
                .findFirst()
                .orElseThrow();
    }

    String kill(String pod, String container) {
        return processes.kill(pod(pod), container);
    }

    /** Freezes a process for some steps; one server or router at a time. */
    String freeze(String pod, String container, int steps, boolean killed) {
        if (somebodyFrozen) {
            return "somebody is frozen already";
        }
        Pod found = pod(pod);
        String said = processes.freeze(found, container);
        somebodyFrozen = true;
        later(steps, "end of freeze", () -> {
            somebodyFrozen = false;
            return processes.thaw(found, container, killed);
        });
        return said;
    }

    /**
     * Freezes every server but the one that leads some shard, until writers were told so by routers that gave up: what
     * the leader has proposed meanwhile is committed afterwards, so nobody may be told that it was not written.
     */
    String freezeOthers(int choice) throws InterruptedException {
        if (somebodyFrozen) {
            return "somebody is frozen already";
        }
        String leader = leader(choice);
        List<Pod> others = pods(database + "-").stream()
                .filter(pod -> Cluster.serverName(pod) != null)
                .filter(pod -> !pod.getMetadata().getName().equals(leader))
                .toList();
        others.forEach(pod -> processes.freeze(pod, Faults.SERVER));
        try {
            return "all but " + leader + ", until " + clients.awaitSilence(NO_QUORUM_MILLIS);
        } finally {
            others.forEach(pod -> processes.thaw(pod, Faults.SERVER, false));
        }
    }

    private Pod operator() {
        return cluster.pods().stream()
                .filter(pod -> pod.getMetadata().getNamespace().equals(OPERATOR_NAMESPACE))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .findFirst()
                .orElseThrow(() -> new CommandFailure(1, "there is no pod of the operator"));
    }

    String killOperator() {
        Pod pod = operator();
        return processes.kill(pod, container(pod));
    }

    /** Freezes the operator for some steps; then it goes on, or is killed and begins anew without memory. */
    String freezeOperator(int steps, boolean killed) {
        if (operatorAway) {
            return "the operator is away already";
        }
        Pod pod = operator();
        String said = processes.freeze(pod, container(pod));
        operatorAway = true;
        later(steps, "end of freeze", () -> {
            operatorAway = false;
            return processes.thaw(pod, container(pod), killed);
        });
        return said;
    }

    private static String container(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getName();
    }
}
