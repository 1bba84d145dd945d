package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.NextTimestampReply;
import io.shardeddb.protocol.wire.NextTimestampRequest;
import io.shardeddb.protocol.wire.TimestampsGrpc;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** /timestamp where the database has a timestamp service. */
class ServiceTimestampsTest {

    private static final int STEP = 16;
    private static final Pattern GIVEN =
            Pattern.compile("\\{\"timestamp\":(\\d+),\"server_id\":(\\d),\"mode\":\"Service\"}");

    private final AtomicLong clock = new AtomicLong();
    private final List<Integer> counts = new ArrayList<>();
    private final CountDownLatch answering = new CountDownLatch(1);
    private final RouterUnderTest router = new RouterUnderTest(Duration.ofSeconds(10));
    private final List<Server> servers = new ArrayList<>();

    /** Gives timestamps as soon as it may; or is a server without the service. */
    private final class Giver extends TimestampsGrpc.TimestampsImplBase {
        private final boolean away;

        Giver(boolean away) {
            this.away = away;
        }

        @Override
        public void next(NextTimestampRequest request, StreamObserver<NextTimestampReply> answer) {
            if (away) {
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            synchronized (counts) {
                counts.add(request.getCount());
            }
            try {
                assertThat(answering.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            answer.onNext(NextTimestampReply.newBuilder()
                    .setOfService(true)
                    .setTimestamp(clock.getAndAdd((long) STEP * request.getCount()) + STEP + 1)
                    .setStep(STEP)
                    .build());
            answer.onCompleted();
        }
    }

    @BeforeEach
    void start() throws IOException {
        List<Replica> replicas = new ArrayList<>();
        for (boolean away : List.of(false, true)) {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .addService(new Giver(away))
                    .build()
                    .start();
            servers.add(server);
            replicas.add(new Replica("Server" + replicas.size(), "127.0.0.1:" + server.getPort()));
        }
        router.topology()
                .publish(new Topology(
                        new DatabaseSchema(1, Strategy.RANGE, List.of(FakeCluster.studentTable())),
                        List.of(new ShardEntry("sh1", new GroupId(7, 1), Interval.ofSize(0, 4096), 1, replicas)),
                        List.of(new ServerEntry("Server0", List.of("sh1"))),
                        true));
    }

    @AfterEach
    void stop() {
        answering.countDown();
        router.close();
        servers.forEach(Server::shutdownNow);
    }

    private CompletableFuture<HttpResponse<String>> ask() {
        return router.client()
                .sendAsync(
                        HttpRequest.newBuilder(router.uri("/timestamp"))
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void asksOnceForAllWhoWaitAndPassesOverServersThatAreAway() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(ask());
        }
        answering.countDown();
        List<Long> given = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            given.add(timestamp(answer));
        }
        assertThat(given).doesNotHaveDuplicates();
        long greatest = given.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(timestamp(ask())).isGreaterThan(greatest);
        synchronized (counts) {
            assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(21);
            assertThat(counts).as("requests for 21 callers").hasSizeLessThan(15);
        }
    }

    private static long timestamp(CompletableFuture<HttpResponse<String>> answer) {
        HttpResponse<String> done = answer.join();
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        Matcher matcher = GIVEN.matcher(done.body());
        assertThat(matcher.matches()).as(done.body()).isTrue();
        assertThat(matcher.group(2)).as("the server that gave it").isEqualTo("2");
        return Long.parseLong(matcher.group(1));
    }
}
