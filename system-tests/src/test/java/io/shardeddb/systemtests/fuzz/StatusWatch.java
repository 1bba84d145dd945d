package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Looks again and again whether a router serves tables that no good spec asked for, and whether the status says Ready
 * for a spec whose tables are not those that routers serve. A status is written a moment after what it speaks of, and a
 * catalog that somebody has edited is put right in a moment, so something is wrong only when it stays wrong.
 */
public final class StatusWatch implements AutoCloseable {

    private static final long PERIOD_MILLIS = 300;

    private final Cluster cluster;
    private final String database;
    private final Routers routers;
    private final FuzzWorld world;
    private final RowModel model;
    private final Problems problems;
    private final Supplier<Duration> late;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private String wrong = "";
    private long since;
    private final AtomicLong looks = new AtomicLong();

    /** @param late how long a status may be behind */
    public StatusWatch(
            Cluster cluster,
            String database,
            Routers routers,
            FuzzWorld world,
            RowModel model,
            Problems problems,
            Supplier<Duration> late) {
        this.cluster = cluster;
        this.database = database;
        this.routers = routers;
        this.world = world;
        this.model = model;
        this.problems = problems;
        this.late = late;
        this.thread = Thread.ofPlatform().name("fuzz-status").daemon().start(this::run);
    }

    private void run() {
        try {
            while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    note(world.operatorAway() ? "" : look());
                } catch (CommandFailure | ApiRefused e) {
                    note("");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(String now) {
        if (!now.equals(wrong)) {
            wrong = now;
            since = System.nanoTime();
        } else if (!now.isEmpty() && System.nanoTime() - since > late.get().toNanos()) {
            problems.add("for " + late.get() + ": " + now);
            since = System.nanoTime();
        }
    }

    private String look() throws InterruptedException {
        JsonNode resource = cluster.api().get(KnownKinds.DATABASE.path(cluster.namespace(), database));
        boolean ready = isReady(resource);
        Map<String, List<String>> asked = tables(resource.path("spec").path("tables"));
        for (Routers.Router router : routers.there()) {
            Answer answer = router.client().send("GET", "/v1/tables", null, Map.of());
            if (answer.status() == 200) {
                Map<String, List<String>> served = tables(answer.body().path("tables"));
                if (!served.entrySet().stream().allMatch(table -> model.mayHave(table.getKey(), table.getValue()))) {
                    return router.pod() + " serves tables that no good spec asked for: " + served;
                }
                if (ready && !served.equals(asked)) {
                    return "the status says Ready for generation "
                            + resource.path("metadata").path("generation") + " with the tables " + asked + ", and "
                            + router.pod() + " serves " + served;
                }
            }
        }
        looks.incrementAndGet();
        return "";
    }

    /** Whether the status says that the spec as it stands is carried out. */
    static boolean isReady(JsonNode resource) {
        for (JsonNode condition : resource.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True")
                        && condition.path("observedGeneration").asLong()
                                == resource.path("metadata").path("generation").asLong();
            }
        }
        return false;
    }

    /** Names of columns by table, of a spec or of what a router serves. */
    static Map<String, List<String>> tables(JsonNode tables) {
        Map<String, List<String>> names = new TreeMap<>();
        for (JsonNode table : tables) {
            List<String> columns = new ArrayList<>();
            table.path("columns")
                    .forEach(column -> columns.add(column.path("name").asText()));
            names.put(table.path("name").asText(), columns);
        }
        return names;
    }

    /** How often it looked and all was well. */
    public long looks() {
        return looks.get();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}
