package io.shardeddb.systemtests.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.systemtests.RunningCluster;
import io.shardeddb.systemtests.SharedCluster;
import io.shardeddb.systemtests.clients.ClientThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * 64 clients write to all shards at once, half of them in interactive transactions, and are gone in the middle of it;
 * or their router is. Ten seconds later nothing is locked, nothing is half done, and all rows can be written.
 */
@ExtendWith(SharedCluster.class)
final class KilledCommitsIT {

    private static final String DATABASE = "students";
    private static final int CLIENTS = 64;

    /** Two clients write the same rows, so that some wait for locks. */
    private static final int GROUPS = CLIENTS / 2;

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MOST_KILLS = 5;
    private static final int COPIES = 3;

    /** For so long shards leave alone what a router has begun, at least. */
    private static final long UNATTENDED_MILLIS = 1_000;

    private final RequestIds ids = RequestIds.fresh();
    private final AtomicLong marks = new AtomicLong(1);

    private final RunningCluster running;
    private final List<Shard> shards;
    private final RowsOfShards rows;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Servers servers;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private RouterClient router;

    KilledCommitsIT(RunningCluster shared) {
        running = shared;
        shards = running.shards(DATABASE);
        rows = new RowsOfShards(shards);
    }

    @BeforeEach
    void putRows() throws InterruptedException {
        servers = Servers.of(running.cluster(), DATABASE);
        router = new RouterClient(running.endpoint(DATABASE));
        for (int group = 0; group < GROUPS; group++) {
            Answer answer =
                    router.sendUntil("POST", "/v1" + RowsOfShards.BATCH, rows.write(group, 0), ids.next(), SOON);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        }
    }

    @AfterEach
    void close() {
        router.close();
        servers.close();
    }

    /** What copies have prepared or decided, and have not ended. */
    private List<String> open(Map<String, Map<String, ReplicaStatus>> said) {
        List<String> open = new ArrayList<>();
        for (Shard shard : shards) {
            String name = shard.getSpec().name();
            said.getOrDefault(name, Map.of()).forEach((server, copy) -> {
                int transactions = copy.getPicture().getOpenTransactions();
                if (transactions > 0) {
                    open.add(transactions + " of " + name + " at " + server);
                }
            });
        }
        return open;
    }

    /** The same; a copy of which nothing is known counts as one that has some. */
    private List<String> notKnownToBeOver() {
        Map<String, Map<String, ReplicaStatus>> said = servers.copies(shards);
        List<String> open = open(said);
        for (Shard shard : shards) {
            String name = shard.getSpec().name();
            if (said.getOrDefault(name, Map.of()).size() < COPIES) {
                open.add("a copy of " + name + " that does not answer");
            }
        }
        return open;
    }

    private void checkNothingIsLeft() throws InterruptedException {
        long begin = System.nanoTime();
        RunningCluster.await("no transaction is open", BOUND, this::notKnownToBeOver);
        System.out.printf("nothing is open any more after %.1f s%n", (System.nanoTime() - begin) / 1e9);
        Answer answer = router.sendUntil("GET", "/v1/tables/StudT/rows/0", null, null, SOON);
        assertThat(answer.status()).as(answer.text()).isIn(200, 404);
        rows.checkWhole(router, GROUPS);
        rows.writeEach(router, GROUPS);
        String begun = begun(0);
        assertThat(begun).as("a new transaction").isNotEmpty();
        assertThat(router.send("POST", begun + "/commit", null, Map.of()).status())
                .isEqualTo(200);
        RunningCluster.await("no transaction is open", BOUND, this::notKnownToBeOver);
    }

    /** The path of a transaction that has written a group's rows and is not committed; empty when it failed. */
    private String begun(int group) throws InterruptedException {
        Answer begun = router.send("POST", "/v1/transactions", null, Map.of());
        String path = "/v1/transactions/" + begun.body().path("id").asText();
        Answer written = begun.succeeded()
                ? router.send(
                        "POST",
                        path + RowsOfShards.BATCH,
                        rows.write(group, marks.getAndIncrement()),
                        Map.of(RouterClient.REQUEST_ID, ids.next()))
                : begun;
        return written.succeeded() ? path : "";
    }

    @Test
    void clientsThatVanishLeaveNoLock() throws InterruptedException {
        AtomicInteger unanswered = new AtomicInteger();
        AtomicInteger interactive = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        CountDownLatch gone = new CountDownLatch(CLIENTS);
        URI endpoint = URI.create(running.endpoint(DATABASE));
        try (ClientThreads clients = new ClientThreads()) {
            clients.start("vanishing", CLIENTS, SOON.toMillis(), number -> () -> {
                try {
                    int group = number / 2;
                    // A router that has too many transactions refuses some.
                    String begun = number % 2 == 0 ? "" : begun(group);
                    String path = begun.isEmpty() ? "/v1" + RowsOfShards.BATCH : begun + "/commit";
                    String body = begun.isEmpty()
                            ? rows.write(group, marks.getAndIncrement()).toString()
                            : "";
                    interactive.addAndGet(begun.isEmpty() ? 0 : 1);
                    together.await(SOON.toSeconds(), TimeUnit.SECONDS);
                    unanswered.addAndGet(vanish(endpoint, path, body) ? 1 : 0);
                } catch (BrokenBarrierException | TimeoutException | RuntimeException e) {
                    clients.failed(e.toString());
                } finally {
                    gone.countDown();
                }
            });
            assertThat(gone.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(clients.failures()).isEmpty();
        }
        System.out.printf(
                "%d of %d clients were gone before their answer; %d committed an interactive transaction%n",
                unanswered.get(), CLIENTS, interactive.get());
        assertThat(unanswered.get()).isGreaterThan(CLIENTS / 4);
        assertThat(interactive.get()).isGreaterThan(CLIENTS / 8);
        checkNothingIsLeft();
    }

    /** Sends a request, and resets the connection soon after. Returns whether no answer had come by then. */
    private boolean vanish(URI endpoint, String path, String body) throws InterruptedException {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.setSoLinger(true, 0);
            String head = """
                    POST %s HTTP/1.1\r
                    Host: router\r
                    Content-Type: application/json\r
                    %s: %s\r
                    Content-Length: %d\r
                    \r
                    """.formatted(path, RouterClient.REQUEST_ID, ids.next(), body.length());
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(ThreadLocalRandom.current().nextInt(40));
            return socket.getInputStream().available() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRouterThatIsKilledLeavesNoLock() throws InterruptedException {
        List<String> left = List.of();
        for (int kill = 1; left.isEmpty() && kill <= MOST_KILLS; kill++) {
            left = leftByKilledRouter();
            System.out.println("kill -9 " + kill + " of the router left " + left);
            checkNothingIsLeft();
        }
        assertThat(left)
                .as("transactions in the middle of which a router was killed")
                .isNotEmpty();
    }

    private List<String> leftByKilledRouter() throws InterruptedException {
        CountDownLatch committed = new CountDownLatch(2 * CLIENTS);
        Pod pod = running.routers(DATABASE).getFirst();
        // So that there are connections to the servers.
        RunningCluster.await("all copies answer", BOUND, this::notKnownToBeOver);
        try (ClientThreads clients = new ClientThreads()) {
            clients.start("writing", CLIENTS, 1, number -> () -> {
                int group = number / 2;
                Answer answer;
                if (number % 2 == 0) {
                    answer = router.send(
                            "POST",
                            "/v1" + RowsOfShards.BATCH,
                            rows.write(group, marks.getAndIncrement()),
                            Map.of(RouterClient.REQUEST_ID, ids.next()));
                } else {
                    String path = begun(group);
                    if (path.isEmpty()) {
                        return;
                    }
                    answer = router.send("POST", path + "/commit", null, Map.of());
                }
                if (answer.succeeded()) {
                    committed.countDown();
                }
            });
            assertThat(committed.await(SOON.toSeconds(), TimeUnit.SECONDS))
                    .as("commits before the kill")
                    .isTrue();
            running.faults().kill(pod, "router");
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(UNATTENDED_MILLIS);
        List<String> left;
        do {
            left = open(servers.copies(shards));
        } while (left.isEmpty() && System.nanoTime() < end);
        return left;
    }
}
