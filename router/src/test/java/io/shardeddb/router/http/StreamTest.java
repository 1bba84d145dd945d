package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeServer.ScanBreak;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers that are larger than the heap. */
class StreamTest {

    private static final int ROWS = 1_000_000;

    /** What runs in the small process: router and servers together, and a client that reads everything. */
    public static final class SmallProcess {
        private SmallProcess() {}

        public static void main(String[] arguments) throws Exception {
            try (FakeCluster cluster =
                            new FakeCluster(1, Strategy.RANGE, FakeCluster.studentTable(), List.of(Interval.ALL));
                    RouterUnderTest router = RouterUnderTest.before(cluster)) {
                cluster.group(0).pretend(ROWS);
                HttpRequest request = HttpRequest.newBuilder(router.uri("/read"))
                        .timeout(Duration.ofSeconds(90))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"Stud_id\":{\"low\":0,\"high\":99999999}}"))
                        .build();
                try (InputStream body = router.client()
                        .send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body()) {
                    count(body);
                }
            }
            System.exit(0);
        }

        private static void count(InputStream body) throws IOException {
            byte[] buffer = new byte[1 << 16];
            long rows = 0;
            String tail = "";
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    rows += buffer[i] == '{' ? 1 : 0;
                }
                String text = new String(buffer, 0, read, StandardCharsets.UTF_8);
                tail = (tail + text).substring(Math.max(0, tail.length() + text.length() - 60));
            }
            // One more brace: the document's own.
            System.out.println("rows " + (rows - 1) + " end " + tail.substring(tail.length() - 24));
        }
    }

    @Test
    void aMillionRowsPassThroughASmallHeap() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-Djava.net.preferIPv4Stack=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallProcess.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(output).contains("rows " + ROWS + " end ").contains("}],\"status\":\"success\"}");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aScanThatNoServerGoesOnWithBreaksTheConnection() {
        try (FakeCluster cluster = FakeCluster.students(2);
                RouterUnderTest router = RouterUnderTest.before(cluster, Duration.ofSeconds(1))) {
            cluster.group(0).pretend(100_000);
            cluster.server(0).scanBreak = () -> {
                // The next attempt finds nobody.
                cluster.server(0).scanBreak = () -> new ScanBreak(0, ScanBreak.Kind.STORE);
                return new ScanBreak(50_000, ScanBreak.Kind.STORE);
            };
            assertThatThrownBy(() -> router.send("POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":99999}}"))
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void aScanThatCannotBeginIsAnErrorWithItsStatus() {
        try (FakeCluster cluster = FakeCluster.students(2);
                RouterUnderTest router = RouterUnderTest.before(cluster, Duration.ofSeconds(1))) {
            cluster.group(0).loseLeader();
            HttpResponse<String> answer = router.send("POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":99999}}");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("NO_LEADER");
        }
    }
}
