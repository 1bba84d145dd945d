package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeServer.ScanBreak;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A range is answered whole or with an error, before its first byte where the fault is there already. */
class WholeAnswersTest {

    /** Read as pages. */
    private static final String ALL = "/v1/tables/StudT/rows";

    /** Read as a stream at once, however few rows there are. */
    private static final String STREAM = ALL + "?limit=5000";

    private static final Duration WAIT = Duration.ofSeconds(2);

    private static final FakeCluster FIVE = FakeCluster.students(5);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(FIVE, WAIT);

    private static final FakeCluster HUNDRED = FakeCluster.students(100);
    private static final RouterUnderTest BEFORE_HUNDRED = RouterUnderTest.before(HUNDRED, WAIT);

    private static final FakeCluster HASHED =
            new FakeCluster(3, Strategy.HASH, FakeCluster.studentTable(), Interval.cover(20));
    private static final RouterUnderTest BEFORE_HASHED = RouterUnderTest.before(HASHED, WAIT);

    @BeforeAll
    static void awaitLeaders() {
        for (RouterUnderTest router : List.of(ROUTER, BEFORE_HUNDRED, BEFORE_HASHED)) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> get(router, ALL).statusCode() == 200);
        }
    }

    @BeforeEach
    void emptyTheClusters() {
        FIVE.reset();
        HUNDRED.reset();
        HASHED.reset();
        ROUTER.topology().publish(FIVE.topology(1));
        BEFORE_HUNDRED.topology().publish(HUNDRED.topology(1));
        BEFORE_HASHED.topology().publish(HASHED.topology(1));
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        BEFORE_HUNDRED.close();
        BEFORE_HASHED.close();
        FIVE.close();
        HUNDRED.close();
        HASHED.close();
    }

    private static HttpResponse<String> get(RouterUnderTest router, String path) {
        return router.send("GET", path, "");
    }

    private static void assertRefused(HttpResponse<String> answer, ErrorCode code, String shard) {
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"").contains("\"shard\":\"" + shard + "\"");
        assertThat(answer.statusCode()).isEqualTo(503);
    }

    private static void assertWhole(HttpResponse<String> answer, int rows) {
        assertThat(answer.body()).contains("\"count\":" + rows).contains("\"complete\":true");
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    /** Its object is missing, so that its copies are not known, and no server says who leads it. */
    @Test
    void aShardOfWhichNothingIsKnownIsNeverLeftOut() {
        FIVE.group(2).loseLeader();
        FIVE.announce();
        ROUTER.topology().publish(FIVE.topology(1, Set.of(2)));
        assertRefused(get(ROUTER, ALL), ErrorCode.NO_LEADER, "sh3");
        assertRefused(get(ROUTER, STREAM), ErrorCode.NO_LEADER, "sh3");
        assertRefused(get(ROUTER, ALL + "?key=8192"), ErrorCode.NO_LEADER, "sh3");
        assertRefused(ROUTER.send("PUT", ALL + "/8192", "{\"Stud_name\":\"a\"}"), ErrorCode.NO_LEADER, "sh3");
        HttpResponse<String> read = ROUTER.send("POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":9000}}");
        assertThat(read.statusCode()).isEqualTo(503);
        assertThat(get(ROUTER, ALL + "?from=0&to=4000").statusCode()).isEqualTo(200);
    }

    /** Where its copies are not known, its leader is enough, and who led last is asked who leads. */
    @Test
    void aShardWithoutKnownCopiesIsReachedThroughItsLeader() {
        ROUTER.topology().publish(FIVE.topology(1, Set.of(0)));
        FIVE.server(0).loseAnswers.set(1);
        assertThat(ROUTER.send("PUT", ALL + "/1", "{\"Stud_name\":\"a\",\"Stud_marks\":1}")
                        .statusCode())
                .isEqualTo(200);
        FIVE.group(0).lead(1);
        assertWhole(get(ROUTER, ALL), 1);
        assertWhole(get(ROUTER, STREAM), 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {ALL, STREAM, ALL + "?descending=true"})
    void aShardThatOwnsLessThanIsAskedOfItIsAnError(String path) {
        FIVE.group(4).own(Interval.ofSize(4 * 4096, 1000), 1);
        HttpResponse<String> answer = get(ROUTER, path);
        assertRefused(answer, ErrorCode.MOVED, "sh5");
        assertThat(answer.body()).contains("positions 16384 to 20479 at epoch 1 are asked for");
    }

    @ParameterizedTest
    @ValueSource(strings = {ALL, STREAM})
    void isReadAgainWhenANewerTopologyIsThere(String path) {
        FIVE.group(0).pretend(400);
        FIVE.group(4).own(Interval.ofSize(4 * 4096, 1000), 1);
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> get(ROUTER, path));
        Awaitility.await().until(() -> FIVE.server(1).calls.get() > 0);
        FIVE.group(4).own(Interval.ofSize(4 * 4096, 2000), 2);
        ROUTER.topology().publish(FIVE.topology(1));
        assertWhole(waiting.join(), 400);
    }

    /**
     * The four first shards of a stream are opened at once; the others must not be found missing when their turn comes.
     */
    @Test
    void theLastOfFiveShardsIsLookedForBeforeTheFirstByte() {
        FIVE.group(0).pretend(2000);
        assertWhole(get(ROUTER, STREAM), 2000);
        FIVE.group(4).loseLeader();
        assertRefused(get(ROUTER, STREAM), ErrorCode.NO_LEADER, "sh5");
        FIVE.group(4).lead(0);
        FIVE.group(4).refuseWith(ErrorCode.STORE_UNAVAILABLE);
        assertRefused(get(ROUTER, STREAM), ErrorCode.STORE_UNAVAILABLE, "sh5");
        FIVE.group(4).refuseWith(null);
        FIVE.group(4).own(Interval.ofSize(4 * 4096, 4096), 2);
        assertRefused(get(ROUTER, STREAM), ErrorCode.MOVED, "sh5");
    }

    @Test
    void eachOfAHundredShardsIsLookedForBeforeTheFirstByte() {
        HUNDRED.group(0).pretend(2000);
        assertWhole(get(BEFORE_HUNDRED, ALL), 2000);
        int probes = HUNDRED.server(0).probes.get()
                + HUNDRED.server(1).probes.get()
                + HUNDRED.server(2).probes.get();
        assertThat(probes).isEqualTo(96);
        HUNDRED.group(99).refuseWith(ErrorCode.STORE_UNAVAILABLE);
        assertRefused(get(BEFORE_HUNDRED, ALL), ErrorCode.STORE_UNAVAILABLE, "sh100");
        HUNDRED.group(99).refuseWith(null);
        HUNDRED.group(60).own(Interval.ofSize(60 * 4096, 4000), 1);
        assertRefused(get(BEFORE_HUNDRED, ALL), ErrorCode.MOVED, "sh61");
    }

    /** A shard without a leader says nothing of why; one that refuses does, wherever it is and however it is asked. */
    @ParameterizedTest
    @CsvSource({"0, 50", "50, 0", "50, 99", "99, 50"})
    void whatAServerSaysItselfIsToldBeforeALeaderThatIsMissing(int refused, int leaderless) {
        HUNDRED.group(refused).refuseWith(ErrorCode.STORE_UNAVAILABLE);
        HUNDRED.group(leaderless).loseLeader();
        HttpResponse<String> answer = get(BEFORE_HUNDRED, ALL);
        assertRefused(answer, ErrorCode.STORE_UNAVAILABLE, "sh" + (refused + 1));
        assertThat(answer.body()).contains("shard sh" + (refused + 1) + ": as the test asked (first told by Server");
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "3, 0"})
    void thatIsSoForPagesAndMergedShardsToo(int refused, int leaderless) {
        FIVE.group(refused).refuseWith(ErrorCode.STORE_UNAVAILABLE);
        FIVE.group(leaderless).loseLeader();
        HASHED.group(refused).refuseWith(ErrorCode.STORE_UNAVAILABLE);
        HASHED.group(leaderless).loseLeader();
        assertRefused(get(ROUTER, ALL), ErrorCode.STORE_UNAVAILABLE, "sh" + (refused + 1));
        assertRefused(get(BEFORE_HASHED, ALL), ErrorCode.STORE_UNAVAILABLE, "sh" + (refused + 1));
    }

    @Test
    void shardsThatAreMergedAreAllLookedForBeforeTheFirstByte() {
        HASHED.group(0).pretend(2000);
        assertWhole(get(BEFORE_HASHED, ALL), 2000);
        Interval owned = HASHED.group(13).interval();
        HASHED.group(13).own(new Interval(owned.from() + 1, owned.to()), 1);
        assertRefused(get(BEFORE_HASHED, ALL), ErrorCode.MOVED, "sh14");
        HASHED.group(13).own(owned, 1);
        HASHED.group(19).loseLeader();
        HASHED.announce();
        BEFORE_HASHED.topology().publish(HASHED.topology(1, Set.of(19)));
        assertRefused(get(BEFORE_HASHED, ALL), ErrorCode.NO_LEADER, "sh20");
    }

    /** Seen: the connection was closed without an answer. */
    @ParameterizedTest
    @ValueSource(strings = {STREAM, "/read"})
    void aFailureInTheFirstBytesIsAnErrorWithItsStatus(String path) {
        FIVE.group(0).pretend(2000);
        // Only the first shard is scanned at this server.
        FIVE.group(3).lead(1);
        FIVE.announce();
        FIVE.server(0).scanBreak = () -> {
            // The next attempt finds nobody.
            FIVE.server(0).scanBreak = () -> new ScanBreak(0, ScanBreak.Kind.STORE);
            return new ScanBreak(300, ScanBreak.Kind.STORE);
        };
        HttpResponse<String> answer = path.equals(STREAM)
                ? get(ROUTER, path)
                : ROUTER.send("POST", path, "{\"Stud_id\":{\"low\":0,\"high\":99999}}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("STORE_UNAVAILABLE").contains("\"shard\":\"sh1\"");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void serversOfOlderVersionsProveTheirScansAtTheEnd() {
        for (int server = 0; server < 3; server++) {
            FIVE.server(server).olderScans = true;
        }
        // Only the first shard is scanned at the first server.
        FIVE.group(3).lead(1);
        FIVE.announce();
        FIVE.group(0).pretend(2000);
        assertWhole(get(ROUTER, STREAM), 2000);
        FIVE.server(0).ownedAtScanEnd = Interval.ofSize(0, 4000);
        assertThatThrownBy(() -> get(ROUTER, STREAM)).isInstanceOf(UncheckedIOException.class);
        FIVE.group(0).pretend(100);
        assertRefused(get(ROUTER, STREAM), ErrorCode.MOVED, "sh1");
        FIVE.server(0).ownedAtScanEnd = null;
        FIVE.group(0).own(Interval.ofSize(0, 4000), 1);
        FIVE.group(0).pretend(2000);
        assertRefused(get(ROUTER, STREAM), ErrorCode.MOVED, "sh1");
    }
}
