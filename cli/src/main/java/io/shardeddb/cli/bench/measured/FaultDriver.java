package io.shardeddb.cli.bench.measured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.proof.FaultSwitch;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a person or a fault does to a database of one shard while it is measured; each waits until it has come into
 * force.
 */
public final class FaultDriver {

    private static final Waiter WAITER = Waiter.of(Duration.ofMinutes(2), 100);

    private final BenchDatabase database;
    private final int copies;
    private String tolerance;
    private String mode = "Hybrid";

    public FaultDriver(BenchDatabase database, int copies) {
        this.database = database;
        this.copies = copies;
        tolerance = "replication: {replicas: " + copies + "}";
    }

    public BenchDatabase bench() {
        return database;
    }

    private Shard shard() {
        return database.shards().getFirst();
    }

    /** The server that leads. */
    public String leader() throws InterruptedException {
        return leader(name -> true);
    }

    /** The server that leads, once it is another one. */
    public String leaderOtherThan(String old) throws InterruptedException {
        return leader(name -> !name.equals(old));
    }

    private String leader(Predicate<String> wanted) throws InterruptedException {
        return first("a leader", () -> {
            try (Servers servers = Servers.of(database.cluster(), BenchDatabase.NAME)) {
                return servers.leader(shard()).map(Servers.Leader::server).filter(wanted);
            }
        });
    }

    /** The servers that do not lead, by name. */
    public List<String> followers() throws InterruptedException {
        return followers(Comparator.comparing(ShardReplicaStatus::server));
    }

    /**
     * The servers that do not lead, in the order in which they stand when the leader's connection breaks: by the ids of
     * their copies.
     */
    public List<String> followersAsTheyStand() throws InterruptedException {
        return followers(Comparator.comparing(copy -> Objects.requireNonNullElse(copy.memberId(), "")));
    }

    private List<String> followers(Comparator<ShardReplicaStatus> order) throws InterruptedException {
        String leader = leader();
        return Optional.ofNullable(shard().getStatus()).stream()
                .flatMap(status -> status.replicas().stream())
                .filter(copy -> !copy.server().equals(leader))
                .sorted(order)
                .map(ShardReplicaStatus::server)
                .toList();
    }

    /** Kills the process of the server that leads. Returns how often that server had been started before. */
    public long killLeader(String leader) {
        long starts = starts(leader);
        database.killLeader(shard());
        return starts;
    }

    /**
     * Waits until a killed server is back, and every copy healthy: what is said of it meanwhile may still be of before.
     */
    public void awaitReturn(String server, long startsBefore) throws InterruptedException {
        await("the return of " + server, () -> starts(server) > startsBefore);
        database.awaitHealthy();
    }

    private long starts(String server) {
        try (Servers servers = Servers.of(database.cluster(), BenchDatabase.NAME)) {
            return servers.status(server).map(ServerStatus::getBootCounter).orElse(0L);
        }
    }

    /** What a server sends to the others leaves so much later. */
    public void delay(String server, long millis) throws InterruptedException {
        fault(server, Json.object().put("delay_millis", millis));
    }

    /** Gives a server's process little processor time until the limit is closed. */
    public CpuLimit limit(String server, long stoppedMillis, long runningMillis) {
        return CpuLimit.of(database.process(server), stoppedMillis, runningMillis);
    }

    /** Cuts a server off from the others, or joins it again. */
    public void isolate(String server, boolean cut) throws InterruptedException {
        fault(server, Json.object().put("isolated", cut));
    }

    private void fault(String server, ObjectNode body) throws InterruptedException {
        new FaultSwitch(database.cluster(), BenchDatabase.NAME).set(server, body);
    }

    /** Names the server that should lead, which keeps everybody from moving the leadership; or nobody. */
    public void prefer(@Nullable String server) {
        database.cluster().annotate(shard(), ApiNames.PREFERRED_LEADER_ANNOTATION, server);
    }

    /** How many copies may fail; waits until the leader commits so. */
    public void faultTolerance(int faults) throws InterruptedException {
        String wanted = "replication: {replicas: " + copies + ", faultTolerance: " + faults + "}";
        if (!wanted.equals(tolerance)) {
            database.change(tolerance, wanted);
            tolerance = wanted;
        }
        try (RouterClient router = router()) {
            ObjectNode request = Json.object().put("shard", shard().getSpec().name());
            await("fault tolerance " + faults, () -> {
                JsonNode answer = answer(router, "POST", "/select-quorum", request);
                return answer.path("weighted").asBoolean()
                        && answer.path("quorum_size").asInt() == faults + 1;
            });
        }
    }

    /** Where timestamps come from; waits until the servers do so and the router says so. */
    public void timestampMode(String wanted) throws InterruptedException {
        if (wanted.equals(mode)) {
            return;
        }
        database.change("timestamps: {mode: " + mode + "}", "timestamps: {mode: " + wanted + "}");
        mode = wanted;
        boolean on = wanted.equals("Service");
        List<String> names = Optional.ofNullable(shard().getStatus()).stream()
                .flatMap(status -> status.replicas().stream())
                .map(ShardReplicaStatus::server)
                .toList();
        await("timestamps of mode " + wanted, () -> {
            try (Servers servers = Servers.of(database.cluster(), BenchDatabase.NAME)) {
                return names.stream()
                        .allMatch(name -> servers.status(name)
                                .filter(status ->
                                        (status.getTimestamps().getGroup().getMembersCount() > 0) == on)
                                .isPresent());
            }
        });
        try (RouterClient router = router()) {
            await(
                    "timestamps of mode " + wanted + " at the router",
                    () -> answer(router, "GET", "/timestamp", null)
                            .path("mode")
                            .asText()
                            .equals(wanted));
        }
    }

    private RouterClient router() {
        return new RouterClient("http://" + database.routerAddress().getHostString() + ":5000");
    }

    private static JsonNode answer(RouterClient router, String method, String path, @Nullable JsonNode body)
            throws InterruptedException {
        return router.send(method, path, body, Map.of()).body();
    }

    /**
     * Waits until the election that follows a kill of the leader will be of the wanted kind. Every copy has applied
     * what the leader wrote. Either the slow follower was told to campaign later than others, or no follower is told so
     * any more. Another follower that campaigned later would give its place to the slow one.
     *
     * @return who leads then: while elections are ranked, leadership may move meanwhile
     */
    public String awaitFollowers(String slow, boolean ranked) throws InterruptedException {
        String what = ranked ? "ranked with " + slow + " behind others" : "unranked";
        return first("all copies in step and " + what, () -> {
            try (Servers servers = Servers.of(database.cluster(), BenchDatabase.NAME)) {
                Copies now = new Copies(servers.copies(shard()));
                String leader =
                        servers.leader(shard()).map(Servers.Leader::server).orElse("");
                boolean reached = !leader.equals(slow)
                        && now.inStepWith(leader, copies)
                        && (ranked ? now.isRanked(slow) : now.isNoneRanked(leader));
                return reached ? Optional.of(leader) : Optional.empty();
            }
        });
    }

    private static void await(String what, Waiter.Condition reached) throws InterruptedException {
        first(what, () -> reached.holds() ? Optional.of(true) : Optional.empty());
    }

    private static <T> T first(String what, Waiter.Question<T> question) throws InterruptedException {
        return WAITER.first(question)
                .orElseThrow(() -> new CommandFailure(ExitCode.TEMPORARY, what + ": not within two minutes"));
    }
}
