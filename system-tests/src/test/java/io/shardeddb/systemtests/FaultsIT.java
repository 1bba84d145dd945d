package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.credential.BearerToken;
import io.shardeddb.systemtests.clients.MachinePace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Faults at random moments while clients write and read: every acknowledged row must be there afterwards, no strong
 * read may miss what was acknowledged before it began, and all copies of each shard must agree. Ends only processes
 * that the cluster has on record; each wait is bounded. In short in every build, in full in the profile
 * {@code fault-tests}; writers are never silent for longer than {@link MachinePace} allows. {@code -Dfaults.seed=N}
 * repeats the choices of a run; {@code -Dfaults.adaptive=true} turns on what adapts.
 */
@ExtendWith(SharedCluster.class)
final class FaultsIT {

    private static final Duration ASKED_TIMEOUT = Duration.ofSeconds(45);
    /**
     * With everything that adapts: commits by weights of which two of five are enough, and timestamps of the service.
     */
    private static final boolean ADAPTIVE = Boolean.getBoolean("faults.adaptive");

    private static final int SERVERS = ADAPTIVE ? 5 : 3;
    private static final String ADAPTIVE_SPEC = """
        {"servers": {"count": 5}, "replication": {"replicas": 5, "faultTolerance": 1}, "timestamps": {"mode": "Service"}}
        """;

    private static final int HTTP_PORT = 5000;
    /** The highest key of each shard's range that no writer uses. */
    private static final long SPARE_KEY = 4_000;

    private static final int KILLS = Integer.getInteger("faults.kills", 2);
    private static final int FROZEN_SECONDS = Integer.getInteger("faults.frozen-seconds", 5);
    private static final int ISOLATED_SECONDS = Integer.getInteger("faults.isolated-seconds", 6);

    private static final long SEED = Long.getLong("faults.seed", System.nanoTime() & 0xffff_ffffL);

    private final Random random = new Random(SEED);
    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private RunningCluster running;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private LoadedDatabase database;

    @BeforeEach
    void start(RunningCluster shared) throws IOException, InterruptedException {
        running = shared;
        database = new LoadedDatabase(running, LoadedDatabase.STUDENTS);
        database.say("faults.seed=%d".formatted(SEED));
        if (ADAPTIVE) {
            ObjectMapper json = new ObjectMapper();
            running.cluster()
                    .api()
                    .merge(
                            KnownKinds.DATABASE.path(running.cluster().namespace(), LoadedDatabase.STUDENTS),
                            json.createObjectNode().set("spec", json.readTree(ADAPTIVE_SPEC)));
            running.awaitHealthy(LoadedDatabase.STUDENTS, SERVERS);
            database.say("five copies, faultTolerance 1, timestamps of the service");
        }
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void losesNothingToKilledServersAndDatabases() throws IOException, InterruptedException {
        database.underLoad((load, servers) -> {
            for (int i = 1; i <= KILLS; i++) {
                Thread.sleep(200 + random.nextInt(2_000));
                Pod pod = randomServer();
                // The shard server twice as often as its mysqld.
                String container = random.nextInt(3) < 2 ? Faults.SERVER : LoadedDatabase.mysqld(pod);
                database.resetPauses(load);
                long pid = running.faults().kill(pod, container);
                database.awaitAnotherProcess(pod, container, pid);
                database.awaitRecovered(servers, pod);
                database.sayPause(
                        load, "kill -9 %d of %d, %s of %s".formatted(i, KILLS, container, LoadedDatabase.name(pod)));
            }
        });
    }

    @Test
    void servesNothingStaleAfterAFreeze() throws IOException, InterruptedException {
        database.underLoad((load, servers) -> {
            Shard shard = running.shards(LoadedDatabase.STUDENTS).getFirst();
            Pod pod = database.leader(servers, shard);
            long key = shard.getSpec().interval().from();
            long pid = running.faults().process(pod, Faults.SERVER);
            database.resetPauses(load);
            RunningCluster.signal("STOP", pid);
            CompletableFuture<HttpResponse<String>> answer;
            Optional<Student> before;
            try {
                Thread.sleep(Duration.ofSeconds(FROZEN_SECONDS));
                before = database.expected().lastAcknowledged(key);
                // Waits in the frozen process, and is the first that it sees when it goes on.
                answer = ask(pod, "/read", readOf(shard, key));
            } finally {
                RunningCluster.signal("CONT", pid);
            }
            checkNotStale(answer.join(), before);
            database.awaitRecovered(servers, pod);
            database.sayPause(
                    load, "SIGSTOP of the leader for %d s, %s".formatted(FROZEN_SECONDS, LoadedDatabase.name(pod)));
        });
    }

    /** A leader that cannot apply any more must not keep the writes to itself. */
    @Test
    void writesGoOnWhenALeadersDatabaseFreezes() throws IOException, InterruptedException {
        database.underLoad((load, servers) -> {
            Shard shard = running.shards(LoadedDatabase.STUDENTS).getFirst();
            Pod pod = database.leader(servers, shard);
            long pid = running.faults().process(pod, LoadedDatabase.mysqld(pod));
            database.resetPauses(load);
            RunningCluster.signal("STOP", pid);
            try {
                Thread.sleep(Duration.ofSeconds(FROZEN_SECONDS));
            } finally {
                RunningCluster.signal("CONT", pid);
            }
            database.awaitRecovered(servers, pod);
            database.sayPause(
                    load,
                    "SIGSTOP of a leader's mysqld for %d s, %s".formatted(FROZEN_SECONDS, LoadedDatabase.name(pod)));
        });
    }

    @Test
    void aServerCutOffServesNothingAndAgreesAfterwards() throws IOException, InterruptedException {
        database.underLoad((load, servers) -> {
            Shard shard = running.shards(LoadedDatabase.STUDENTS).getLast();
            Pod pod = database.leader(servers, shard);
            long key = shard.getSpec().interval().from() + SPARE_KEY;
            database.resetPauses(load);
            assertThat(ask(pod, "/faults", "{\"isolated\":true}").join().statusCode())
                    .isEqualTo(200);
            long end = System.nanoTime() + Duration.ofSeconds(ISOLATED_SECONDS).toNanos();
            try {
                // It may hold its lease for a moment; afterwards it must refuse.
                RunningCluster.await(
                        "another server leads",
                        LoadedDatabase.RECOVERY_TIMEOUT,
                        () -> servers.leader(shard)
                                        .filter(now -> !now.server().equals(LoadedDatabase.name(pod)))
                                        .isPresent()
                                ? List.of()
                                : List.of("another leader"));
                Student row = new Student(key, "cut off", 1);
                database.expected().unsettled(row);
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
                database.say("  asked %d times while cut off, %d answered, all refused"
                        .formatted(
                                answers.size(),
                                answers.stream()
                                        .filter(CompletableFuture::isDone)
                                        .count()));
            } finally {
                assertThat(ask(pod, "/faults", "{\"isolated\":false}").join().statusCode())
                        .isEqualTo(200);
            }
            database.awaitRecovered(servers, pod);
            database.sayPause(load, "%s cut off for %d s".formatted(LoadedDatabase.name(pod), ISOLATED_SECONDS));
        });
    }

    @Test
    void rebuildsTheCopiesOfALostDisk() throws IOException, InterruptedException {
        database.underLoad((load, servers) -> {
            Pod pod = randomServer();
            long pid = running.faults().process(pod, Faults.SERVER);
            database.resetPauses(load);
            long start = System.nanoTime();
            int files = running.faults().wipe(pod);
            database.awaitAnotherProcess(pod, Faults.SERVER, pid);
            database.awaitRecovered(servers, pod);
            database.say("  %d files wiped, rebuilt after %.1f s".formatted(files, (System.nanoTime() - start) / 1e9));
            database.sayPause(load, "disk of %s lost".formatted(LoadedDatabase.name(pod)));
        });
    }

    private Pod randomServer() {
        return running.serverPod(LoadedDatabase.STUDENTS, "server-" + random.nextInt(SERVERS));
    }

    private CompletableFuture<HttpResponse<String>> ask(Pod pod, String path, String body) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://" + pod.getStatus().getPodIP() + ":" + HTTP_PORT + path))
                        .timeout(ASKED_TIMEOUT)
                        .header(
                                BearerToken.HEADER,
                                BearerToken.of(running.cluster()
                                        .secret(LoadedDatabase.STUDENTS)
                                        .orElseThrow()))
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
}
