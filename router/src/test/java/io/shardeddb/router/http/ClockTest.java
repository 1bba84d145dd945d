package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.Administration;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.fake.FakeCluster;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Routers whose clocks are wrong, and servers whose clocks are set: ids are issued by what the servers say of the time.
 */
class ClockTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final long HOUR = Duration.ofHours(1).toMillis();

    /** How far the router's clock, and the servers', are ahead of the true time. */
    private static final AtomicLong ROUTER_AHEAD = new AtomicLong();

    private static final AtomicLong SERVERS_AHEAD = new AtomicLong();
    private static final InstantSource ROUTER_CLOCK = () -> NOON.plusMillis(ROUTER_AHEAD.get());
    private static final InstantSource SERVERS_CLOCK = () -> NOON.plusMillis(SERVERS_AHEAD.get());

    private static final FakeCluster CLUSTER = FakeCluster.students(2);
    private final RouterUnderTest router = started();

    private static RouterUnderTest started() {
        return new RouterUnderTest(
                        RouterUnderTest.settings(Duration.ofSeconds(2), Administration.Open, Path.of("no-token")),
                        ROUTER_CLOCK)
                .knowing(CLUSTER);
    }

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
        ROUTER_AHEAD.set(0);
        SERVERS_AHEAD.set(0);
        CLUSTER.group(0).time(SERVERS_CLOCK);
        CLUSTER.group(1).time(SERVERS_CLOCK);
    }

    @AfterEach
    void stop() {
        router.close();
    }

    @AfterAll
    static void stopTheCluster() {
        CLUSTER.close();
    }

    private HttpResponse<String> write(int id, String... headers) {
        String body = "{\"data\":[{\"Stud_id\":" + id + ",\"Stud_name\":\"a\",\"Stud_marks\":1}]}";
        return router.send("POST", "/write", body, headers);
    }

    private void requireWritten(int id) {
        HttpResponse<String> answer = write(id);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {40_000, -40_000, 3_600_000, -3_600_000})
    void aRoutersWrongClockStopsNoWrite(long aheadMillis) {
        ROUTER_AHEAD.set(aheadMillis);
        requireWritten(1);
        requireWritten(2);
        assertThat(CLUSTER.group(0).runs()).isEqualTo(2);
    }

    @Test
    void theFirstWriteComesUnderAnIdThatFits() {
        ROUTER_AHEAD.set(40_000);
        CLUSTER.announce();
        Awaitility.await().untilAsserted(() -> {
            long before = CLUSTER.server(0).calls.get();
            requireWritten(1);
            assertThat(CLUSTER.server(0).calls.get()).as("once").isEqualTo(before + 1);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {40_000, -40_000, 3_600_000, -3_600_000})
    void norDoesItBeforeServersOfAnOlderVersion(long aheadMillis) {
        CLUSTER.group(0).older(true);
        ROUTER_AHEAD.set(aheadMillis);
        requireWritten(1);
        requireWritten(2);
        assertThat(CLUSTER.group(0).runs()).isEqualTo(2);
    }

    @Test
    void allClocksMayStepAnHourForwardAndBack() {
        requireWritten(1);
        SERVERS_AHEAD.set(HOUR);
        ROUTER_AHEAD.set(HOUR);
        requireWritten(2);
        SERVERS_AHEAD.set(0);
        ROUTER_AHEAD.set(0);
        requireWritten(3);
        assertThat(CLUSTER.group(0).runs()).isEqualTo(3);
    }

    @Test
    void eachShardHasItsOwnTime() {
        CLUSTER.group(1).time(() -> NOON.plusMillis(HOUR));
        HttpResponse<String> answer = router.send(
                "POST",
                "/write",
                "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"a\"},{\"Stud_id\":4100,\"Stud_name\":\"b\"}]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
        assertThat(CLUSTER.group(1).runs()).isEqualTo(1);
    }

    /** A forgotten record's id may have been issued later than what this router was told last. */
    @Test
    void anIdThatIsNotAboveTheForgottenOnesIsMadeAnew() {
        String early = "me/1/" + (NOON.toEpochMilli() + 20_000);
        assertThat(write(1, "Request-Id", early).statusCode()).isEqualTo(200);
        CLUSTER.group(0).remembers(0);
        SERVERS_AHEAD.set(21_000);
        requireWritten(2);
        assertThat(CLUSTER.group(0).runs()).isEqualTo(2);
    }

    @Test
    void aClientsIdAheadOfTimeIsToldTheShardsTime() {
        String ahead = "me/1/" + (NOON.toEpochMilli() + 40_000);
        HttpResponse<String> answer = write(1, "Request-Id", ahead);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .contains("\"code\":\"" + ErrorCode.REQUEST_TIME + "\",\"kind\":\"busy\"")
                .contains("\"millis\":\"" + NOON.toEpochMilli() + "\"");
        assertThat(CLUSTER.group(0).runs()).isZero();
        SERVERS_AHEAD.set(15_000);
        assertThat(write(1, "Request-Id", ahead).statusCode())
                .as("the same id, later")
                .isEqualTo(200);
    }

    @Test
    void aClientsOldIdMayHaveRunAndIsToldTheShardsTime() {
        HttpResponse<String> answer = write(1, "Request-Id", "me/1/" + (NOON.toEpochMilli() - HOUR));
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body())
                .contains("\"code\":\"REQUEST_EXPIRED\",\"kind\":\"unknown\"")
                .contains("\"millis\":\"" + NOON.toEpochMilli() / 10_000);
    }

    @Test
    void anUnknownWriteIsNotRunUnderANewId() {
        // The router learns the shard's time; else its first id may not fit, and it is that refusal which is lost.
        String early = "me/1/" + (NOON.toEpochMilli() - 1_000);
        assertThat(write(2, "Request-Id", early).statusCode()).isEqualTo(200);
        CLUSTER.server(0).loseAnswers.set(1);
        CLUSTER.group(0).remembers(0);
        HttpResponse<String> answer = write(1);
        assertThat(answer.statusCode())
                .as("it ran, and its record was forgotten before it was asked for again: %s", answer.body())
                .isEqualTo(504);
        assertThat(CLUSTER.group(0).runs()).isEqualTo(2);
    }
}
