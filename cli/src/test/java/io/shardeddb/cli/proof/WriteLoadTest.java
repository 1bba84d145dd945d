package io.shardeddb.cli.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.shardeddb.cli.rows.RouterClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteLoadTest {

    @Test
    void countsAWriteThatWasBrokenOffAsPossiblyDone() throws IOException, InterruptedException {
        CountDownLatch came = new CountDownLatch(1);
        HttpServer silent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        silent.createContext("/", exchange -> came.countDown());
        silent.start();
        Expected expected = new Expected();
        try (RouterClient router =
                new RouterClient("http://127.0.0.1:" + silent.getAddress().getPort())) {
            try (WriteLoad load = new WriteLoad(router, expected, 1)) {
                load.start("sh1", List.of(5L));
                assertThat(came.await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(expected.unsettledRows()).isEqualTo(1);
            assertThat(expected.differences(Map.of())).isEmpty();
            assertThat(expected.differences(Map.of(5L, new Student(5, "writer 0", 0))))
                    .isEmpty();
            assertThat(expected.highestMarks()).isZero();
        } finally {
            silent.stop(0);
        }
    }
}
