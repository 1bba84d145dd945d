package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.protocol.credential.BearerToken;
import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.CopyOpenRequest;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.HttpFront;
import io.shardeddb.server.group.Retention;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole servers in one process: who shows no secret changes nothing; and a database of an older version gets its
 * secret, and then another one, while a client writes.
 */
final class CredentialIT {
    private static final int SERVERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final DatabaseSecret secret = DatabaseSecret.random(new SecureRandom());
    private final DatabaseSecret other = DatabaseSecret.random(new SecureRandom());
    private final Path folder;
    private final Cluster cluster;

    CredentialIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.cluster = new Cluster(
                folder,
                Retention.STANDARD,
                Stream.generate(InMemoryStores::new).limit(SERVERS).toList());
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    /** Writes a server's file as a node does: another file takes its place. */
    private Path file(int server, Credential credential) throws IOException {
        Path file = folder.resolve("credential" + server);
        Path next = folder.resolve("credential" + server + ".next");
        Files.writeString(next, credential.text());
        return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void restartWith(int server, Credential credential) throws IOException {
        cluster.stop(server);
        cluster.node(server).credentialFile = file(server, credential);
        cluster.start(server);
    }

    /** Changes the files of all servers, and waits until each says that it has read its own. */
    private void everywhere(Credential credential) throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            file(i, credential);
        }
        Awaitility.await("all have read it")
                .atMost(PATIENCE)
                .until(() -> Stream.of(0, 1, 2)
                        .allMatch(i -> cluster.control(i)
                                .status(StatusRequest.getDefaultInstance())
                                .getCredential()
                                .equals(credential.fingerprint())));
    }

    private static void requireRefused(String what, Runnable call) {
        assertThatThrownBy(call::run)
                .as(what)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    @Test
    void whoShowsNoSecretOrAWrongOneChangesNothing() throws Exception {
        cluster.shown = secret;
        for (int i = 0; i < SERVERS; i++) {
            restartWith(i, Credential.of(secret, true));
        }
        List<GroupMember> members = cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 5);
        ReplicaStatus before = cluster.status(leader);
        cluster.shown = null;
        requireAllCallsRefused(leader, members, before);
        requireAllEndpointsRefused(leader, null);
        cluster.shown = other;
        requireAllCallsRefused(leader, members, before);
        requireAllEndpointsRefused(leader, other);
        cluster.shown = secret;
        ReplicaStatus after = cluster.status(leader);
        assertThat(after.getConfiguration()).isEqualTo(before.getConfiguration());
        assertThat(after.getConfigurationIndex()).isEqualTo(before.getConfigurationIndex());
        assertThat(cluster.read(leader, ReadLevel.STRONG).getRowsCount()).isEqualTo(5);
    }

    private void requireAllCallsRefused(int leader, List<GroupMember> members, ReplicaStatus status) {
        requireRefused(
                "a change of the members",
                () -> cluster.control(leader)
                        .changeMembership(ChangeMembershipRequest.newBuilder()
                                .setGroup(Cluster.GROUP)
                                .setExpectedConfigurationIndex(status.getConfigurationIndex())
                                .setTarget(GroupConfiguration.newBuilder()
                                        .addVoters(members.stream()
                                                .filter(member ->
                                                        member.getServer().equals("Server" + leader))
                                                .findFirst()
                                                .orElseThrow()))
                                .setTimeoutMillis(5000)
                                .build()));
        requireRefused("a question", () -> cluster.status(leader));
        requireRefused("a write", () -> cluster.write(leader, 100));
        requireRefused("a read", () -> cluster.read(leader, ReadLevel.EVENTUAL));
        requireRefused(
                "a peer's request to copy", () -> cluster.takeCopy(leader, TakeCopyRequest.getDefaultInstance()));
        requireRefused("a copy", () -> cluster.copies(leader).open(CopyOpenRequest.getDefaultInstance()));
        requireRefused(
                "a change of who gives timestamps",
                () -> cluster.control(leader).configureTimestamps(TimestampGroup.getDefaultInstance()));
    }

    private void requireAllEndpointsRefused(int server, @Nullable DatabaseSecret shown) throws Exception {
        try (ApplicationContext front = HttpFront.start(cluster.settings(server), cluster.server(server));
                HttpClient client = HttpClient.newHttpClient()) {
            URI base = URI.create("http://" + cluster.node(server).address + ":"
                    + front.getBean(EmbeddedServer.class).getPort());
            for (String endpoint : List.of(
                    "POST /config",
                    "GET /copy",
                    "POST /copy",
                    "POST /read",
                    "POST /write",
                    "PUT /update",
                    "DELETE /del",
                    "GET /autopopulate",
                    "POST /faults",
                    "GET /health/live/",
                    "GET /home/../copy",
                    "POST /write;/health/live")) {
                assertThat(status(client, base, endpoint, shown)).as(endpoint).isEqualTo(401);
            }
            for (String open : List.of("/health/live", "/health/mysql", "/prometheus", "/heartbeat", "/home")) {
                assertThat(status(client, base, "GET " + open, shown)).as(open).isEqualTo(200);
            }
            assertThat(status(client, base, "POST /read", secret)).isNotEqualTo(401);
        }
    }

    private static int status(HttpClient client, URI base, String endpoint, @Nullable DatabaseSecret shown)
            throws Exception {
        String[] parts = endpoint.split(" ", 2);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + parts[1]))
                .method(parts[0], HttpRequest.BodyPublishers.ofString("{}"));
        if (shown != null) {
            request.header("Authorization", BearerToken.of(shown));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** A client that writes one row after the other, as a router does: the same request until it is answered. */
    private final class Client implements AutoCloseable {
        private final AtomicLong written = new AtomicLong();
        private final AtomicInteger unauthenticated = new AtomicInteger();
        private final List<String> failures = new ArrayList<>();
        private volatile boolean ends;
        private final Thread thread = Thread.ofVirtual().start(this::run);

        private void run() {
            int server = 0;
            while (!ends) {
                WriteRequest request = cluster.request(written.get());
                long end = System.nanoTime() + PATIENCE.toNanos();
                String last = "";
                boolean done = false;
                while (!done && System.nanoTime() < end) {
                    try {
                        WriteReply reply = cluster.data(server).write(request);
                        done = !reply.hasError();
                        last = reply.getError().getMessage();
                    } catch (StatusRuntimeException e) {
                        last = e.toString();
                        if (e.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
                            unauthenticated.incrementAndGet();
                        }
                    } catch (IllegalStateException e) {
                        last = "down";
                    }
                    server = done ? server : (server + 1) % SERVERS;
                }
                if (!done) {
                    failures.add("row " + written.get() + ": " + last);
                    return;
                }
                written.incrementAndGet();
            }
        }

        void awaitRows(int more) {
            long wanted = written.get() + more;
            Awaitility.await("rows are written").atMost(PATIENCE).until(() -> written.get() >= wanted);
        }

        @Override
        public void close() {
            ends = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aDatabaseOfAnOlderVersionGetsItsSecretAndThenAnotherWhileAClientWrites() throws Exception {
        cluster.threeVoters();
        Client client = new Client();
        try (client) {
            client.awaitRows(20);
            Credential accepting = Credential.of(secret, false);
            for (int i = 0; i < SERVERS; i++) {
                restartWith(i, accepting);
                int restarted = i;
                Awaitility.await("it is back").atMost(PATIENCE).until(() -> inStep(restarted));
                client.awaitRows(20);
            }
            // The router is of the old version up to here.
            cluster.shown = secret;
            client.awaitRows(20);
            everywhere(Credential.of(secret, true));
            client.awaitRows(20);
            everywhere(new Credential(secret, List.of(secret, other), true, "1"));
            client.awaitRows(20);
            everywhere(new Credential(other, List.of(secret, other), true, "1"));
            cluster.shown = other;
            client.awaitRows(20);
            everywhere(new Credential(other, List.of(other), true, "1"));
            client.awaitRows(20);
        }
        assertThat(client.failures).isEmpty();
        assertThat(client.unauthenticated).hasValue(0);
        int leader = cluster.leader();
        cluster.requireEqualRows(leader, 5000, SERVERS, client.written.get());
        cluster.shown = secret;
        requireRefused("the old secret", () -> cluster.status(leader));
        cluster.shown = null;
        requireRefused("no secret", () -> cluster.status(leader));
    }

    private boolean inStep(int server) {
        int leader = cluster.leader();
        return leader >= 0
                && cluster.status(server).getAppliedIndex()
                        >= cluster.status(leader).getCommitIndex() - 10;
    }
}
