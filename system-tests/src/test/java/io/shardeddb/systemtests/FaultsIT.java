package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.demo.Faults;
import io.shardeddb.cli.proof.Expected;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults at random moments while clients write and read: every acknowledged row must be there afterwards, no strong read may miss
 * what was acknowledged before it began, and all copies of each shard must agree. Ends only processes that the cluster has on
 * record; each wait is bounded. In short in every build; in full, with the longest pause asserted, in the profile
 * {@code fault-tests}. {@code -Dfaults.seed=N} repeats the choices of a run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultsIT {

    private static final String DATABASE = "students";
    private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration COMPARE_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration ASKED_TIMEOUT = Duration.ofSeconds(45);
    private static final int COPIES = 3;
    private static final int HTTP_PORT = 5000;
    private static final int KEYS = 500;
    /** The highest key of each shard's range that no writer uses. */
    private static final long SPARE_KEY = 4_000;

    private static final int KILLS = Integer.getInteger("faults.kills", 2);
    private static final int FROZEN_SECONDS = Integer.getInteger("faults.frozen-seconds", 5);
    private static final int ISOLATED_SECONDS = Integer.getInteger("faults.isolated-seconds", 6);
    /** How long writes may be silent; a busy machine gets more. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(Integer.getInteger("faults.longest-pause", 30));

    private final long seed = Long.getLong("faults.seed", System.nanoTime() & 0xffff_ffffL);
    private final Random random = new Random(seed);
    private final Expected expected = new Expected();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> lines = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private RunningCluster running;

    @BeforeAll
    void start(@TempDir Path folder) {
        say("faults.seed=%d".formatted(seed));
        running = RunningCluster.up(folder, "--fault-switches", "students.yaml");
    }

    @AfterAll
    void stop() {
        running.close();
        lines.forEach(System.out::println);
    }

    @Test
    void losesNothingToKilledServersAndDatabases() throws IOException, InterruptedException {
        underLoad((load, servers) -> {
            for (int i = 1; i <= KILLS; i++) {
                Thread.sleep(200 + random.nextInt(2_000));
                Pod pod = randomServer();
                // The shard server twice as often as its mysqld.
                String container = random.nextInt(3) < 2 ? Faults.SERVER : mysqld(pod);
                load.resetPauses();
                long pid = running.faults().kill(pod, container);
                awaitAnotherProcess(pod, container, pid);
                awaitRecovered(servers, pod);
                sayPause(load, "kill -9 %d of %d, %s of %s".formatted(i, KILLS, container, name(pod)));
            }
        });
    }

    @Test
    void servesNothingStaleAfterAFreeze() throws IOException, InterruptedException {
        underLoad((load, servers) -> {
            Shard shard = running.shards(DATABASE).getFirst();
            Pod pod = leader(servers, shard);
            long key = shard.getSpec().interval().from();
            long pid = running.faults().process(pod, Faults.SERVER);
            load.resetPauses();
            signal("STOP", pid);
            CompletableFuture<HttpResponse<String>> answer;
            Optional<Student> before;
            try {
                Thread.sleep(Duration.ofSeconds(FROZEN_SECONDS));
                before = expected.lastAcknowledged(key);
                // Waits in the frozen process, and is the first that it sees when it goes on.
                answer = ask(pod, "/read", readOf(shard, key));
            } finally {
                signal("CONT", pid);
            }
            checkNotStale(answer.join(), before);
            awaitRecovered(servers, pod);
            sayPause(load, "SIGSTOP of the leader for %d s, %s".formatted(FROZEN_SECONDS, name(pod)));
        });
    }

    @Test
    void aServerCutOffServesNothingAndAgreesAfterwards() throws IOException, InterruptedException {
        underLoad((load, servers) -> {
            Shard shard = running.shards(DATABASE).getLast();
            Pod pod = leader(servers, shard);
            long key = shard.getSpec().interval().from() + SPARE_KEY;
            load.resetPauses();
            assertThat(ask(pod, "/faults", "{\"isolated\":true}").join().statusCode())
                    .isEqualTo(200);
            long end = System.nanoTime() + Duration.ofSeconds(ISOLATED_SECONDS).toNanos();
            try {
                // It may hold its lease for a moment; afterwards it must refuse.
                RunningCluster.await(
                        "another server leads",
                        RECOVERY_TIMEOUT,
                        () -> servers.leader(shard)
                                        .filter(now -> !now.server().equals(name(pod)))
                                        .isPresent()
                                ? List.of()
                                : List.of("another leader"));
                Student row = new Student(key, "cut off", 1);
                expected.unsettled(row);
                List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
                do {
                    answers.add(ask(pod, "/read", readOf(shard, key)));
                    answers.add(ask(pod, "/write", writeOf(shard, row)));
                    Thread.sleep(500);
                } while (System.nanoTime() < end);
                for (CompletableFuture<HttpResponse<String>> answer : answers) {
                    if (answer.isDone()) {
                        assertThat(answer.join().statusCode())
                                .as(
                                        "the server cut off answers %s",
                                        answer.join().body())
                                .isGreaterThanOrEqualTo(500);
                    }
                }
                say("  asked %d times while cut off, %d answered, all refused"
                        .formatted(
                                answers.size(),
                                answers.stream()
                                        .filter(CompletableFuture::isDone)
                                        .count()));
            } finally {
                assertThat(ask(pod, "/faults", "{\"isolated\":false}").join().statusCode())
                        .isEqualTo(200);
            }
            awaitRecovered(servers, pod);
            sayPause(load, "%s cut off for %d s".formatted(name(pod), ISOLATED_SECONDS));
        });
    }

    @Test
    void rebuildsTheCopiesOfALostDisk() throws IOException, InterruptedException {
        underLoad((load, servers) -> {
            Pod pod = randomServer();
            long pid = running.faults().process(pod, Faults.SERVER);
            load.resetPauses();
            long start = System.nanoTime();
            int files = running.faults().wipe(pod);
            awaitAnotherProcess(pod, Faults.SERVER, pid);
            awaitRecovered(servers, pod);
            say("  %d files wiped, rebuilt after %.1f s".formatted(files, (System.nanoTime() - start) / 1e9));
            sayPause(load, "disk of %s lost".formatted(name(pod)));
        });
    }

    private interface Scenario {
        void run(WriteLoad load, Servers servers) throws IOException, InterruptedException;
    }

    private void underLoad(Scenario scenario) throws IOException, InterruptedException {
        running.awaitHealthy(DATABASE, COPIES);
        try (RouterClient router = new RouterClient(running.endpoint(DATABASE));
                Servers servers = Servers.of(running.cluster(), DATABASE)) {
            List<Long> all = new ArrayList<>();
            try (WriteLoad load = new WriteLoad(router, expected, 5);
                    StrongReads reads = new StrongReads(router, expected, startWriters(load, all))) {
                scenario.run(load, servers);
                load.stop();
                assertThat(load.refusals()).isEmpty();
                assertThat(reads.stale()).isEmpty();
                say("  %d writes acknowledged, %d strong reads, none stale".formatted(load.writes(), reads.reads()));
            }
            compare(router, servers);
        }
    }

    private List<Long> startWriters(WriteLoad load, List<Long> all) {
        for (Shard shard : running.shards(DATABASE)) {
            List<Long> keys = new ArrayList<>();
            for (long key = 0; key < KEYS; key++) {
                keys.add(shard.getSpec().interval().from() + key);
            }
            load.start(shard.getSpec().name(), keys);
            all.addAll(keys);
        }
        return all;
    }

    private void compare(RouterClient router, Servers servers) throws InterruptedException {
        running.awaitHealthy(DATABASE, COPIES);
        Map<Long, Student> found = new HashMap<>();
        new Rows(router, Student.TABLE, RequestIds.fresh(), COMPARE_TIMEOUT)
                .range(
                        null,
                        null,
                        Long.MAX_VALUE,
                        row -> found.put(Student.of(row).id(), Student.of(row)));
        assertThat(expected.differences(found)).isEmpty();
        for (Shard shard : running.shards(DATABASE)) {
            Servers.ShardChecksums sums = servers.checksums(shard, COMPARE_TIMEOUT);
            assertThat(sums.equalOn(COPIES))
                    .as("%s: %s", shard.getSpec().name(), sums)
                    .isTrue();
        }
        say("  %d rows compared, copies of every shard equal".formatted(found.size()));
    }

    /** Asked directly, not through the operator: the server's replicas are healthy and have what the leaders had committed by now. */
    private void awaitRecovered(Servers servers, Pod pod) throws InterruptedException {
        running.awaitHealthy(DATABASE, COPIES);
        Map<Object, Long> committed = new HashMap<>();
        for (String server : List.of("server-0", "server-1", "server-2")) {
            servers.status(server)
                    .map(ServerStatus::getReplicasList)
                    .orElse(List.of())
                    .forEach(replica -> committed.merge(replica.getGroup(), replica.getCommitIndex(), Math::max));
        }
        RunningCluster.await(name(pod) + " has caught up", RECOVERY_TIMEOUT, () -> {
            List<ReplicaStatus> replicas =
                    servers.status(name(pod)).map(ServerStatus::getReplicasList).orElse(List.of());
            List<String> behind = new ArrayList<>();
            committed.forEach((group, index) -> {
                boolean there = replicas.stream()
                        .anyMatch(replica -> replica.getGroup().equals(group)
                                && replica.getState() == ReplicaState.HEALTHY
                                && replica.getAppliedIndex() >= index);
                if (!there) {
                    behind.add("a replica at index " + index);
                }
            });
            return behind;
        });
    }

    private void awaitAnotherProcess(Pod pod, String container, long old) throws InterruptedException {
        RunningCluster.await(
                container + " of " + name(pod) + " runs again",
                RECOVERY_TIMEOUT,
                () -> running.faults()
                                .runningProcess(pod, container)
                                .filter(now -> now != old)
                                .isPresent()
                        ? List.of()
                        : List.of("another process than " + old));
        // The operator must have seen it away before its word that all is well counts.
        Thread.sleep(1_500);
    }

    private Pod leader(Servers servers, Shard shard) {
        return running.serverPod(
                DATABASE,
                servers.leader(shard)
                        .orElseThrow(() -> new AssertionError("no leader"))
                        .server());
    }

    private Pod randomServer() {
        return running.serverPod(DATABASE, "server-" + random.nextInt(COPIES));
    }

    private static String mysqld(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .map(Container::getName)
                .filter(container -> !container.equals(Faults.SERVER))
                .findFirst()
                .orElseThrow();
    }

    private static String name(Pod pod) {
        return String.valueOf(io.shardeddb.cli.cluster.Cluster.serverName(pod));
    }

    private CompletableFuture<HttpResponse<String>> ask(Pod pod, String path, String body) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://" + pod.getStatus().getPodIP() + ":" + HTTP_PORT + path))
                        .timeout(ASKED_TIMEOUT)
                        .method("POST", HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String readOf(Shard shard, long key) {
        return "{\"shard\":\"%s\",\"Stud_id\":{\"low\":%d,\"high\":%d}}"
                .formatted(shard.getSpec().name(), key, key);
    }

    private static String writeOf(Shard shard, Student row) {
        return "{\"shard\":\"%s\",\"curr_idx\":0,\"data\":[%s]}"
                .formatted(shard.getSpec().name(), row.json());
    }

    /** Either refused, or it holds what was acknowledged before the question was put. */
    private static void checkNotStale(HttpResponse<String> answer, Optional<Student> before) {
        if (answer.statusCode() != 200) {
            assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
            return;
        }
        java.util.regex.Matcher marks =
                java.util.regex.Pattern.compile("\"Stud_marks\":(\\d+)").matcher(answer.body());
        assertThat(marks.find()).as(answer.body()).isTrue();
        assertThat(Long.parseLong(marks.group(1)))
                .as("what a server answers after it was frozen; acknowledged before: %s", before)
                .isGreaterThanOrEqualTo(before.map(Student::marks).orElse(0L));
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("kill -%s %s", name, pid).isZero();
    }

    private void sayPause(WriteLoad load, String what) {
        Duration longest =
                load.longestPauses().values().stream().max(Duration::compareTo).orElseThrow();
        say("%s: longest pause of a writer %.2f s".formatted(what, longest.toNanos() / 1e9));
        assertThat(longest).as("%s: longest pause of a writer", what).isLessThan(LONGEST_PAUSE);
    }

    private void say(String line) {
        lines.add(line);
    }
}
