package io.shardeddb.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.proof.Expected;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Health;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.proof.Timeline;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the demo does with a running database: write, break, watch, compare. */
final class Story {

    private static final Duration FAILOVER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration COMPARE_TIMEOUT = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 100;
    private static final int CLIENTS_PER_SHARD = 2;
    private static final int KEYS_PER_CLIENT = 500;
    private static final long WRITER_PAUSE_MILLIS = 5;

    private final Cluster cluster;
    private final String database;
    private final RouterClient router;
    private final Faults faults;
    private final Timeline timeline;
    private final Expected expected;
    private final int copies;

    Story(
            Cluster cluster,
            ShardedDatabase database,
            RouterClient router,
            Faults faults,
            Timeline timeline,
            Expected expected) {
        this.cluster = cluster;
        this.database = database.getMetadata().getName();
        this.router = router;
        this.faults = faults;
        this.timeline = timeline;
        this.expected = expected;
        this.copies = database.getSpec().replication().replicas();
    }

    /** Reads a range that lies on two shards, and checks it against what was loaded. */
    void readAcrossShards() throws InterruptedException {
        Map<Long, Student> found = new HashMap<>();
        long start = System.nanoTime();
        rows().range("4000", "4200", Long.MAX_VALUE, row -> add(found, row));
        TreeSet<String> shards = shards().stream()
                .filter(shard -> found.keySet().stream()
                        .anyMatch(id -> id >= shard.getSpec().interval().from()
                                && id
                                        < Objects.requireNonNull(
                                                shard.getSpec().interval().to())))
                .map(shard -> shard.getSpec().name())
                .collect(Collectors.toCollection(TreeSet::new));
        timeline.say("rows 4000 to 4199 read back: " + found.size() + " rows from shards " + String.join(", ", shards)
                + " in " + Timeline.seconds(start, System.nanoTime()));
        if (shards.size() < 2) {
            throw new CommandFailure(ExitCode.NEGATIVE, "the range should lie on two shards, and came from " + shards);
        }
    }

    /** Starts clients that write to every shard without end. */
    WriteLoad startWriting() {
        WriteLoad load = new WriteLoad(router, expected, WRITER_PAUSE_MILLIS);
        int clients = 0;
        for (Shard shard : shards()) {
            for (int c = 0; c < CLIENTS_PER_SHARD; c++) {
                List<Long> keys = new ArrayList<>();
                for (long k = 0; k < KEYS_PER_CLIENT; k++) {
                    keys.add(shard.getSpec().interval().from() + k * CLIENTS_PER_SHARD + c);
                }
                load.start(shard.getSpec().name(), keys);
                clients++;
            }
        }
        timeline.say(clients + " clients write continuously, one row per request, to every shard");
        return load;
    }

    /** Kills the shard server that leads the first shard, and waits until every voter is healthy again. */
    String killLeader(WriteLoad load) throws InterruptedException {
        Shard shard = shards().getFirst();
        String name = shard.getSpec().name();
        try (Servers servers = Servers.of(cluster, database)) {
            String victim = awaitLeader(servers, shard, null).server();
            List<Shard> led = ledBy(servers, victim);
            Pod pod = cluster.serverPod(database, victim);
            long before = load.writes();
            timeline.heading("Fault 1: the process that leads " + name + " is killed");
            load.resetPauses();
            long pid = faults.kill(pod, Faults.SERVER);
            long killed = System.nanoTime();
            timeline.at(
                    killed,
                    "kill -9 of the shard server of " + victim + " (process " + pid + "), leader of " + names(led));
            for (Shard each : led) {
                Servers.Leader next = awaitLeader(servers, each, victim);
                timeline.say("  " + next.server() + " leads " + each.getSpec().name() + " in term " + next.term() + ", "
                        + Timeline.seconds(killed, System.nanoTime()) + " after the kill");
            }
            for (Shard each : led) {
                long resumed = awaitWrite(load, each.getSpec().name(), killed);
                timeline.say("  writes to " + each.getSpec().name() + " go on, first one acknowledged "
                        + Timeline.seconds(killed, resumed) + " after the kill");
            }
            await("the shard server of " + victim + " runs again", RECOVERY_TIMEOUT, () -> runsAgain(pod, pid));
            timeline.say("  started again as process " + faults.process(pod, Faults.SERVER) + ", "
                    + Timeline.seconds(killed, System.nanoTime()) + " after the kill");
            awaitHealthy(victim, null);
            timeline.say("  every voter of every shard healthy again, " + Timeline.seconds(killed, System.nanoTime())
                    + " after the kill; longest pause of a client "
                    + Timeline.seconds(longest(load)) + ", " + (load.writes() - before) + " writes meanwhile");
            return victim;
        }
    }

    /**
     * Deletes everything in the volume of another server, and waits until its copies are rebuilt under new identities.
     */
    void wipeDisk(WriteLoad load, String spared) throws InterruptedException {
        List<Shard> before = shards();
        String victim = before.getFirst().getSpec().replicas().stream()
                .map(replica -> replica.server())
                .filter(server -> !server.equals(spared))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(ExitCode.SOFTWARE, "there is no other server"));
        Map<String, String> oldMembers = members(before, victim);
        Pod pod = cluster.serverPod(database, victim);
        long process = faults.process(pod, Faults.SERVER);
        timeline.heading("Fault 2: " + victim + " loses its disk");
        load.resetPauses();
        long written = load.writes();
        int files = faults.wipe(pod);
        long wiped = System.nanoTime();
        timeline.at(wiped, files + " files deleted in " + faults.dataDirectory(pod) + " while it runs");
        await("the server notices that its identity is gone", RECOVERY_TIMEOUT, () -> !alive(process));
        timeline.say("  the server noticed that its identity is gone and ended itself, "
                + Timeline.seconds(wiped, System.nanoTime()) + " after");
        awaitHealthy(victim, oldMembers);
        timeline.say("  every copy rebuilt under a new member id, " + Timeline.seconds(wiped, System.nanoTime())
                + " after; longest pause of a client " + Timeline.seconds(longest(load)) + ", "
                + (load.writes() - written) + " writes meanwhile");
    }

    /** Compares rows and copies; every difference is a line. */
    List<String> compare() throws InterruptedException {
        List<String> differences = new ArrayList<>();
        Map<Long, Student> found = new HashMap<>();
        long start = System.nanoTime();
        rows().range(null, null, Long.MAX_VALUE, row -> add(found, row));
        List<String> rowDifferences = expected.differences(found);
        differences.addAll(rowDifferences);
        timeline.say(String.format(
                "%,d rows read in %s; %,d acknowledged writes over %,d rows: %s",
                found.size(),
                Timeline.seconds(start, System.nanoTime()),
                expected.acknowledgements(),
                expected.rows(),
                rowDifferences.isEmpty() ? "every one is there" : rowDifferences.size() + " differ"));
        if (expected.unsettledRows() > 0) {
            timeline.say(expected.unsettledRows() + " writes stayed without an answer and may be there or not");
        }
        try (Servers servers = Servers.of(cluster, database)) {
            for (Shard shard : shards()) {
                String name = shard.getSpec().name();
                Servers.ShardChecksums sums = servers.checksums(shard, COMPARE_TIMEOUT);
                boolean equal = sums.equalOn(copies);
                timeline.say(name + ": " + sums.byServer().size() + " copies at log index " + sums.index() + ", "
                        + sums.rows() + " rows: "
                        + (equal ? "checksums equal" : "CHECKSUMS NOT EQUAL"));
                if (!equal) {
                    differences.add("shard " + name + ": " + sums.byServer().size() + " of " + copies
                            + " copies compared; " + String.join("; ", sums.problems()));
                }
            }
        }
        return differences;
    }

    private Rows rows() {
        return new Rows(router, Student.TABLE, RequestIds.fresh(), COMPARE_TIMEOUT);
    }

    private static void add(Map<Long, Student> found, JsonNode row) {
        Student student = Student.of(row);
        found.put(student.id(), student);
    }

    private List<Shard> shards() {
        return cluster.shards(database);
    }

    private static String names(List<Shard> shards) {
        return shards.stream().map(shard -> shard.getSpec().name()).collect(Collectors.joining(", "));
    }

    private List<Shard> ledBy(Servers servers, String server) {
        return shards().stream()
                .filter(shard -> servers.leader(shard)
                        .map(leader -> leader.server().equals(server))
                        .orElse(false))
                .toList();
    }

    private Servers.Leader awaitLeader(Servers servers, Shard shard, @Nullable String notThis)
            throws InterruptedException {
        return Waiter.of(FAILOVER_TIMEOUT, POLL_MILLIS)
                .first(() ->
                        servers.leader(shard).filter(leader -> !leader.server().equals(notThis)))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NEGATIVE,
                        "no new leader of " + shard.getSpec().name() + " within " + FAILOVER_TIMEOUT.toSeconds()
                                + " s"));
    }

    private static long awaitWrite(WriteLoad load, String shard, long after) throws InterruptedException {
        return Waiter.of(FAILOVER_TIMEOUT, POLL_MILLIS / 10)
                .first(() -> load.acknowledgedAfter(shard, after))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NEGATIVE,
                        "no write to " + shard + " was acknowledged within " + FAILOVER_TIMEOUT.toSeconds() + " s"
                                + String.join("", load.refusals())));
    }

    private static Duration longest(WriteLoad load) {
        return load.longestPauses().values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    private static void await(String what, Duration timeout, Waiter.Condition condition) throws InterruptedException {
        if (!Waiter.of(timeout, POLL_MILLIS).until(condition)) {
            throw new CommandFailure(ExitCode.NEGATIVE, "waited " + timeout.toSeconds() + " s in vain until " + what);
        }
    }

    private boolean runsAgain(Pod pod, long oldProcess) {
        return faults.runningProcess(pod, Faults.SERVER)
                .filter(now -> now != oldProcess)
                .isPresent();
    }

    private static boolean alive(long process) {
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Member ids of a server's replicas by shard. */
    private static Map<String, String> members(List<Shard> shards, String server) {
        Map<String, String> members = new HashMap<>();
        for (Shard shard : shards) {
            shard.getSpec().replicas().stream()
                    .filter(replica -> replica.server().equals(server) && replica.memberId() != null)
                    .forEach(
                            replica -> members.put(shard.getSpec().name(), Objects.requireNonNull(replica.memberId())));
        }
        return members;
    }

    /**
     * Waits until every shard has all its voters healthy, and tells each change of the server's replicas on the way.
     *
     * @param replaced member ids that must be gone first; null when the members are to stay
     */
    private void awaitHealthy(String server, @Nullable Map<String, String> replaced) throws InterruptedException {
        ReplicaWatch watch = new ReplicaWatch(timeline, server);
        List<String> missing = new ArrayList<>();
        boolean healthy = Waiter.of(RECOVERY_TIMEOUT, POLL_MILLIS * 2).until(() -> {
            List<Shard> shards = shards();
            watch.show(shards);
            missing.clear();
            missing.addAll(Health.faults(cluster, database, copies));
            if (replaced != null && !members(shards, server).values().stream().noneMatch(replaced::containsValue)) {
                missing.add(server + " still has a member id from before");
            }
            return missing.isEmpty();
        });
        if (!healthy) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "not healthy again after " + RECOVERY_TIMEOUT.toSeconds() + " s: " + String.join("; ", missing));
        }
    }
}
