package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A router that is asked to end. */
class ShutdownTest {

    @Test
    void isNotReadyFirstServesWhileTheNewsSpreadsAndFinishesWhatRuns() {
        try (FakeCluster cluster = FakeCluster.students(3);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            assertThat(router.send("GET", "/health/ready", "").statusCode()).isEqualTo(200);
            cluster.group(0).loseLeader();
            CompletableFuture<HttpResponse<String>> running = CompletableFuture.supplyAsync(() -> write(router, 1));
            Awaitility.await().until(() -> cluster.server(1).calls.get() > 1);

            CompletableFuture<Void> ending =
                    CompletableFuture.runAsync(() -> router.shutDown(Duration.ofMillis(1_500)));
            Awaitility.await()
                    .until(() -> router.send("GET", "/health/ready", "").statusCode() == 503);
            assertThat(router.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
            assertThat(write(router, 5000).statusCode()).isEqualTo(200);
            assertThat(running).isNotDone();

            Awaitility.await("takes no connections any more")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> refuses(router));
            assertThat(running).isNotDone();
            cluster.group(0).lead(0);
            cluster.announce();
            assertThat(running.join().statusCode()).isEqualTo(200);
            ending.join();
        }
    }

    private static boolean refuses(RouterUnderTest router) {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), router.uri("/").getPort())) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    private static HttpResponse<String> write(RouterUnderTest router, int id) {
        return router.send(
                "POST", "/write", "{\"data\":[{\"Stud_id\":" + id + ",\"Stud_name\":\"a\",\"Stud_marks\":1}]}");
    }
}
