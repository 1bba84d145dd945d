package io.shardeddb.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.Uid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServerPollTest {
    private volatile ServerStatus status =
            ServerStatus.newBuilder().setServer("a").build();

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong clock = new AtomicLong();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final ControlLinks links = new ControlLinks();
    private Server server;

    @BeforeEach
    void startServer() throws IOException {
        server = serve(0);
    }

    @AfterEach
    void stopServer() throws InterruptedException {
        gate.countDown();
        links.close();
        stop();
    }

    private Server serve(int port) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(new ControlGrpc.ControlImplBase() {
                    @Override
                    public void status(StatusRequest request, StreamObserver<ServerStatus> answer) {
                        asked.incrementAndGet();
                        try {
                            gate.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        answer.onNext(status);
                        answer.onCompleted();
                    }
                })
                .build()
                .start();
    }

    private void stop() throws InterruptedException {
        assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void doesNotBelieveAnAnswerOfAnotherServer() throws Exception {
        try (ServerPoll poll = new ServerPoll(links, System::nanoTime)) {
            assertThat(poll.ask(Map.of("b", "localhost:" + server.getPort())).servers())
                    .isEmpty();
        }
    }

    @Test
    void takesMembersOnAVolumeWithARepeatedBootCounterForNoGood() {
        Map<String, String> addresses = Map.of("a", "localhost:" + server.getPort());
        ServerStatus first = status.toBuilder()
                .setVolume(Uid.newBuilder().setHigh(1).setLow(2))
                .setBootCounter(7)
                .setProcess(100)
                .addReplicas(ReplicaStatus.newBuilder().setState(ReplicaState.HEALTHY))
                .build();
        try (ServerPoll poll = new ServerPoll(links, System::nanoTime)) {
            status = first;
            assertThat(state(poll, addresses)).isEqualTo(ReplicaState.HEALTHY);
            status = first.toBuilder().setBootCounter(8).setProcess(200).build();
            assertThat(state(poll, addresses)).isEqualTo(ReplicaState.HEALTHY);
            status = first.toBuilder().setBootCounter(8).setProcess(300).build();
            assertThat(state(poll, addresses)).isEqualTo(ReplicaState.QUARANTINED);
        }
    }

    /** What a new question finds, as soon as the server answers. */
    private static ReplicaState state(ServerPoll poll, Map<String, String> addresses) {
        ServerStatus seen = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            addresses.values().forEach(poll::expire);
                            return poll.ask(addresses).servers().get("a");
                        },
                        Objects::nonNull);
        return seen.getReplicas(0).getState();
    }

    @Test
    void noticesARestartedServerWithinASecondHoweverLongItWasAway() throws Exception {
        int port = server.getPort();
        Map<String, String> addresses = Map.of("a", "localhost:" + port);
        try (ServerPoll poll = new ServerPoll(links, System::nanoTime)) {
            assertThat(poll.ask(addresses).servers()).containsKey("a");
            stop();
            // As often as the operator asks in ten seconds: gRPC's own back-off would have grown beyond that.
            for (int i = 0; i < 20; i++) {
                poll.expire("localhost:" + port);
                assertThat(poll.ask(addresses).servers()).isEmpty();
            }
            server = serve(port);
            await().atMost(Duration.ofSeconds(1))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(
                            () -> assertThat(poll.ask(addresses).servers()).containsKey("a"));
        }
    }

    @Test
    void asksOnceForAllWhoLookInTheSameMoment() throws Exception {
        Map<String, String> addresses = Map.of("a", "localhost:" + server.getPort());
        gate = new CountDownLatch(1);
        try (ServerPoll poll = new ServerPoll(links, clock::get)) {
            List<Thread> lookers = new ArrayList<>();
            AtomicInteger answered = new AtomicInteger();
            for (int i = 0; i < 8; i++) {
                lookers.add(Thread.startVirtualThread(() -> {
                    try {
                        answered.addAndGet(poll.ask(addresses).servers().size());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            }
            await().until(() -> asked.get() == 1);
            gate.countDown();
            for (Thread looker : lookers) {
                looker.join();
            }
            assertThat(answered).hasValue(8);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void asksAgainAfterAChangeAndAfterAWhile() throws Exception {
        String address = "localhost:" + server.getPort();
        Map<String, String> addresses = Map.of("a", address);
        try (ServerPoll poll = new ServerPoll(links, clock::get)) {
            poll.ask(addresses);
            poll.ask(addresses);
            assertThat(asked).hasValue(1);
            poll.expire(address);
            poll.ask(addresses);
            assertThat(asked).hasValue(2);
            clock.addAndGet(Duration.ofMillis(400).toNanos());
            poll.ask(addresses);
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void waitsLittleForAServerThatDidNotAnswerBefore() throws Exception {
        Map<String, String> addresses = Map.of("a", "localhost:" + server.getPort());
        gate = new CountDownLatch(1);
        try (ServerPoll poll = new ServerPoll(links, System::nanoTime)) {
            assertThat(poll.ask(addresses).servers()).isEmpty();
            await().until(() -> millisOf(() -> poll.ask(addresses)) < 1_000);
            gate.countDown();
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(poll.ask(addresses).servers()).containsKey("a"));
        }
    }

    private interface Asking {
        Observed ask() throws InterruptedException;
    }

    private static long millisOf(Asking asking) throws InterruptedException {
        long start = System.nanoTime();
        assertThat(asking.ask().servers()).isEmpty();
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }
}
