package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The end of a round. First nobody disturbs the processes any more, and every router must serve every row, whatever the
 * spec says. Then the last good spec is put back and must be in force in time.
 */
public final class Settling {

    private static final long POLL_MILLIS = 200;

    private final Cluster cluster;
    private final String database;
    private final FuzzWorld world;
    private final FuzzClients clients;
    private final Routers routers;
    private final RowModel model;
    private final Problems problems;
    private final Supplier<Duration> bound;

    /** What is missing; empty: nothing. */
    private interface Look {
        List<String> missing() throws InterruptedException;
    }

    /** @param bound how long each part may take on this machine, as loaded as it is now */
    public Settling(
            Cluster cluster,
            String database,
            FuzzWorld world,
            FuzzClients clients,
            Routers routers,
            RowModel model,
            Problems problems,
            Supplier<Duration> bound) {
        this.cluster = cluster;
        this.database = database;
        this.world = world;
        this.clients = clients;
        this.routers = routers;
        this.model = model;
        this.problems = problems;
        this.bound = bound;
    }

    /** Does it all. Returns how long it took; what is wrong is told. */
    public Duration settle() throws InterruptedException {
        long begin = System.nanoTime();
        world.healProcesses();
        FuzzSpec.State now = world.spec().now();
        if (now.invalid() != null || now.paused()) {
            problems.step("a router that starts under this spec: " + world.deleteRouter(0));
        }
        // Nothing tells a router that starts what is in force when the record is gone, until a person does.
        boolean served = await(
                "every router serves every row, whatever the spec says", () -> recordIsGone() ? List.of() : unread());
        if (!served) {
            return since(begin);
        }
        if (recordIsGone()) {
            putBackWhatIsInForce();
        }
        world.beginRound();
        problems.step("the last good spec: " + world.wants(world.spec().everything()));
        if (!await("the last good spec is Ready", this::unready)) {
            return since(begin);
        }
        Duration ready = since(begin);
        if (!clients.hold(bound.get().toMillis())) {
            problems.add("writes that nobody can tell the outcome of, long after the last fault: " + model.open());
        }
        await("every row is there", this::unread);
        clients.resume();
        return ready;
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private boolean await(String what, Look look) throws InterruptedException {
        long begin = System.nanoTime();
        List<String> missing = look.missing();
        while (!missing.isEmpty() && problems.found().isEmpty()) {
            if (System.nanoTime() - begin > bound.get().toNanos()) {
                problems.add(what + ": waited " + bound.get().toSeconds() + " s for it; missing: " + missing);
                return false;
            }
            Thread.sleep(POLL_MILLIS);
            missing = look.missing();
        }
        return problems.found().isEmpty();
    }

    /** Reads everything through every router. */
    private List<String> unread() throws InterruptedException {
        List<String> missing = new ArrayList<>();
        List<Pod> pods = routers.pods();
        if (pods.isEmpty()) {
            missing.add("a router");
        }
        for (Pod pod : pods) {
            if (!Routers.isReady(pod)) {
                missing.add(pod.getMetadata().getName() + " ready");
            }
        }
        if (!missing.isEmpty()) {
            return missing;
        }
        for (Routers.Router router : routers.there()) {
            for (String table : model.tables()) {
                if (model.surely(table) > 0 && !Reader.all(model, router, table)) {
                    missing.add("an answer of " + router.pod() + " with all of " + table);
                }
            }
        }
        return missing;
    }

    private List<String> unready() throws InterruptedException {
        JsonNode resource = cluster.api().get(KnownKinds.DATABASE.path(cluster.namespace(), database));
        List<String> missing = new ArrayList<>();
        if (!StatusWatch.isReady(resource)) {
            if (recordIsGone()) {
                putBackWhatIsInForce();
            }
            missing.add("Ready; the conditions are "
                    + resource.path("status").path("conditions").toString());
            return missing;
        }
        Map<String, List<String>> asked =
                StatusWatch.tables(resource.path("spec").path("tables"));
        for (Routers.Router router : routers.there()) {
            var answer = router.client().send("GET", "/v1/tables", null, Map.of());
            if (answer.status() != 200
                    || !StatusWatch.tables(answer.body().path("tables")).equals(asked)) {
                missing.add(router.pod() + " serves " + asked + ", and not " + answer.text());
            }
        }
        return missing;
    }

    private boolean recordIsGone() {
        return conditions().contains("the record of what is in force, is gone");
    }

    /** Whether nothing but the record itself tells what is in force: a change was on its way, or a group is unknown. */
    private boolean onlyTheRecordTells() {
        String conditions = conditions();
        return conditions.contains("nothing else tells which: put the latest ConfigMap back")
                || conditions.contains("put the ConfigMap or the Shard objects back");
    }

    private String conditions() {
        return cluster.api()
                .get(KnownKinds.DATABASE.path(cluster.namespace(), database))
                .path("status")
                .path("conditions")
                .toString();
    }

    /**
     * What a person has to do whose record is gone: put it back, if the condition asks for that alone. Otherwise it is
     * enough to write the tables in force and the shards that there are, and only then to ask for more again.
     */
    private void putBackWhatIsInForce() throws InterruptedException {
        if (onlyTheRecordTells() && world.putRecordBack()) {
            problems.step("the record is put back as it was");
            await("the record is there again", () -> recordIsGone() ? List.of("a record") : List.of());
            return;
        }
        Map<String, Integer> columns = new TreeMap<>();
        // What was seen, where no router is left that knows; it may be less than what is in force.
        for (String table : model.tables()) {
            if (model.surely(table) > 0) {
                columns.put(table, model.surely(table));
            }
        }
        for (Routers.Router router : routers.there()) {
            var answer = router.client().send("GET", "/v1/tables", null, Map.of());
            StatusWatch.tables(answer.body().path("tables"))
                    .forEach((table, names) -> columns.put(table, names.size()));
        }
        Set<String> shards = new HashSet<>();
        cluster.shards(database).forEach(shard -> shards.add(shard.getSpec().name()));
        FuzzSpec.State everything = world.spec().everything();
        FuzzSpec.State inForce =
                new FuzzSpec.State(columns, shards.size(), everything.replicas(), everything.servers(), false, null);
        problems.step("the record is gone; what is in force: " + world.write(inForce));
        await("the record is there again", () -> recordIsGone() ? List.of("a record") : List.of());
        problems.step("and the last good spec again: " + world.write(everything));
    }
}
