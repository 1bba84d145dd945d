package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.forward.LeaderWatch;
import io.shardeddb.router.hostile.LogCapture;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is handled leaves no stack trace in the log. */
class LogsTest {

    private static final long ROWS = 300_000;

    /** Clients that go away in the middle of what they asked for. */
    @Test
    void clientsThatDoNotReadLeaveNoTrace() throws Exception {
        try (FakeCluster cluster = new FakeCluster(
                        1, Strategy.RANGE, FakeCluster.studentTable(), List.of(Interval.ofSize(0, 1_000_000)));
                RouterUnderTest router = RouterUnderTest.before(cluster);
                LogCapture log = new LogCapture()) {
            cluster.group(0).pretend(ROWS);
            String body = "{\"Stud_id\":{\"low\":0,\"high\":999999}}";
            String read = "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            for (int i = 0; i < 30; i++) {
                leaveInTheMiddle(router, read, i);
                leaveInTheMiddle(router, "GET /v1/tables/StudT/rows HTTP/1.1\r\nHost: a\r\n\r\n", i);
                leaveInTheMiddle(
                        router, "POST /write HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n{\"data\":[", 0);
            }
            // The streams of those who left end; a later one shows that the router goes on.
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() -> router.send("GET", "/home", "").statusCode() == 200);
            assertQuiet(log);
        }
    }

    private static void leaveInTheMiddle(RouterUnderTest router, String request, int way) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), router.port())) {
            if (way % 3 == 0) {
                // A reset instead of an orderly end.
                socket.setSoLinger(true, 0);
            }
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            if (way % 2 == 0 && way > 0) {
                int ignored = socket.getInputStream().read(new byte[1 + way * 500]);
                assertThat(ignored).isPositive();
            }
        }
    }

    /** Servers whose name nobody knows yet, as while they are being made, and servers that are away. */
    @Test
    void serversThatAreBeingMadeLeaveNoTrace() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = new RouterUnderTest(Duration.ofSeconds(1));
                LogCapture log = new LogCapture()) {
            // Taken as it is written down: the router never meets the servers that run.
            Topology real = cluster.topology(1);
            ShardEntry shard = real.shards().getFirst();
            List<Replica> replicas = List.of(
                    new Replica("Server0", "server0.being-made.invalid:7000"), new Replica("Server1", "127.0.0.1:1"));
            router.topology()
                    .publish(new Topology(
                            real.schema(),
                            List.of(new ShardEntry(shard.name(), shard.group(), shard.interval(), 1, replicas)),
                            List.of(
                                    new ServerEntry("Server0", List.of(shard.name())),
                                    new ServerEntry("Server1", List.of(shard.name())))));
            router.bean(LeaderWatch.class).start();
            assertThat(router.send("POST", "/write", "{\"data\":[{\"Stud_id\":1}]}")
                            .statusCode())
                    .isEqualTo(503);
            assertThat(router.send("GET", "/metrics", "").statusCode()).isEqualTo(200);
            assertQuiet(log);
        }
    }

    private static void assertQuiet(LogCapture log) {
        assertThat(log.lines()).filteredOn(LogCapture.Line::trace).isEmpty();
        assertThat(log.lines())
                .noneMatch(line -> line.message().contains("Failed to resolve name")
                        || line.message().contains("[Not completed]")
                        || line.message().contains("onNext before request"));
    }
}
