package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.fake.FakeCluster;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leaders that change, answers that get lost, servers that freeze. */
class FailureTest {

    private static final FakeCluster CLUSTER = FakeCluster.students(3);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER, Duration.ofSeconds(2));

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    @Test
    void followsAHintToTheNewLeader() {
        assertThat(write(1).statusCode()).isEqualTo(200);
        CLUSTER.group(0).lead(1);
        assertThat(write(2).statusCode()).isEqualTo(200);
        assertThat(CLUSTER.group(0).size()).isEqualTo(2);
    }

    @Test
    void waitsAcrossALeaderChange() {
        CLUSTER.group(0).loseLeader();
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> write(1));
        Awaitility.await().until(() -> CLUSTER.server(1).calls.get() > 1);
        assertThat(waiting).isNotDone();
        CLUSTER.group(0).lead(2);
        CLUSTER.announce();
        assertThat(waiting.join().statusCode()).isEqualTo(200);
    }

    @Test
    void leavesAFrozenLeaderWhenAnotherIsElected() {
        CLUSTER.server(0).freeze.set(1);
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> write(1));
        Awaitility.await().until(() -> CLUSTER.server(0).freeze.get() == 0);
        CLUSTER.group(0).lead(1);
        long started = System.nanoTime();
        CLUSTER.announce();
        assertThat(waiting.join().statusCode()).isEqualTo(200);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started)).isLessThan(1_000);
    }

    @Test
    void aWriteWhoseAnswerIsLostRunsOnce() {
        CLUSTER.server(0).loseAnswers.set(2);
        HttpResponse<String> answer = write(1);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("1 Data entries added");
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
    }

    @Test
    void writesThatShareABrokenStreamAllRunOnce() {
        CLUSTER.server(0).loseAnswers.set(5);
        List<CompletableFuture<HttpResponse<String>>> writes = IntStream.range(0, 50)
                .mapToObj(id -> CompletableFuture.supplyAsync(() -> write(id), FailureTest::onThreadOfItsOwn))
                .toList();
        for (CompletableFuture<HttpResponse<String>> answer : writes) {
            assertThat(answer.join().statusCode()).isEqualTo(200);
            assertThat(answer.join().body()).contains("1 Data entries added");
        }
        assertThat(CLUSTER.group(0).runs()).isEqualTo(50);
    }

    private static void onThreadOfItsOwn(Runnable work) {
        Thread.ofVirtual().start(work);
    }

    @Test
    void aClientsOwnRetryUnderItsIdRunsOnce() {
        String body = "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":1}]}";
        HttpResponse<String> first = ROUTER.send("POST", "/write", body, "Request-Id", "me/1/1700000000000");
        HttpResponse<String> again = ROUTER.send("POST", "/write", body, "Request-Id", "me/1/1700000000000");
        assertThat(again.body()).isEqualTo(first.body()).contains("1 Data entries added");
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
    }

    private static final String ROW = "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":1}]}";

    private static HttpResponse<String> writeUnderMyId(String body) {
        return ROUTER.send("POST", "/write", body, "Request-Id", "me/3/1700000000000");
    }

    @Test
    void aRepeatIsKnownThoughAnOlderVersionHashedTheRowsOfTheFirst() {
        CLUSTER.group(0).older(true);
        HttpResponse<String> first = writeUnderMyId(ROW);
        CLUSTER.group(0).older(false);
        HttpResponse<String> again = writeUnderMyId(ROW);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
    }

    /** The rows of the first look otherwise by now: whether this is it cannot be known. */
    @Test
    void whetherItIsARepeatIsUnknownAfterTheLayoutChangedToo() {
        CLUSTER.group(0).older(true);
        writeUnderMyId(ROW);
        CLUSTER.group(0).older(false);
        CLUSTER.group(0).changesLayout();
        HttpResponse<String> again = writeUnderMyId(ROW);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(504);
        assertThat(again.body()).contains("\"kind\":\"unknown\"").contains("\"cause\":\"REQUEST_CHANGED\"");
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
    }

    @Test
    void anotherContentUnderAUsedIdIsRefused() {
        writeUnderMyId(ROW);
        HttpResponse<String> other = writeUnderMyId(ROW.replace("\"a\"", "\"b\""));
        assertThat(other.statusCode()).as(other.body()).isEqualTo(409);
        assertThat(other.body()).contains("REQUEST_CHANGED");
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
    }

    @Test
    void saysUnknownWhenTheWriteMayHaveHappened() {
        CLUSTER.server(0).loseAnswers.set(1_000_000);
        HttpResponse<String> answer = write(1);
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("\"code\":\"OUTCOME_UNKNOWN\",\"kind\":\"unknown\"");
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
    }

    @Test
    void saysUnavailableWhenNothingCanHaveHappened() {
        CLUSTER.group(0).loseLeader();
        HttpResponse<String> answer = write(1);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body())
                .contains("\"code\":\"NO_LEADER\",\"kind\":\"busy\"")
                .contains("\"shard\":\"sh1\"");
        assertThat(CLUSTER.group(0).size()).isZero();
    }

    /** The attempts after it get no answer, and no reason. */
    @Test
    void tellsWhatAServerSaidThoughLaterAttemptsGetNoAnswer() {
        CLUSTER.group(0).refuseWith(ErrorCode.STORE_UNAVAILABLE);
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> read("strong"));
        Awaitility.await().until(() -> CLUSTER.server(0).calls.get() > 1);
        CLUSTER.server(0).freeze.set(1_000_000);
        HttpResponse<String> answer = waiting.join();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .contains("\"code\":\"STORE_UNAVAILABLE\"")
                .containsPattern("shard sh1: as the test asked \\(first told by Server0; \\d+ attempts in 2\\d{3} ms")
                .contains("\"shard\":\"sh1\"");
    }

    @Test
    void readsWithoutALeaderOnlyWhereStaleIsAllowed() {
        assertThat(write(1).statusCode()).isEqualTo(200);
        CLUSTER.group(0).loseLeader();
        assertThat(read("strong").statusCode()).isEqualTo(503);
        HttpResponse<String> eventual = read("eventual");
        assertThat(eventual.statusCode()).isEqualTo(200);
        assertThat(eventual.body()).contains("\"Stud_id\":1");
    }

    @Test
    void plansAnewWhenTheTablesChanged() {
        CLUSTER.group(0).schemaVersion(2);
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> write(1));
        Awaitility.await().until(() -> CLUSTER.server(0).calls.get() > 0);
        ROUTER.topology().publish(CLUSTER.topology(2));
        try {
            assertThat(waiting.join().statusCode()).isEqualTo(200);
        } finally {
            ROUTER.topology().publish(CLUSTER.topology(1));
        }
    }

    /** A write that ran, though its answer never came, and whose shard has other tables by now. */
    private static CompletableFuture<HttpResponse<String>> writeBeforeTheTablesChange() {
        CLUSTER.server(0).loseAnswers.set(1_000_000);
        CompletableFuture<HttpResponse<String>> waiting =
                CompletableFuture.supplyAsync(() -> write(1), FailureTest::onThreadOfItsOwn);
        Awaitility.await().until(() -> CLUSTER.group(0).runs() == 1);
        CLUSTER.group(0).schemaVersion(2);
        CLUSTER.server(0).loseAnswers.set(0);
        return waiting;
    }

    @Test
    void isUnknownWhenTheTablesChangedAfterItMayHaveRun() {
        HttpResponse<String> answer = writeBeforeTheTablesChange().join();
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("\"code\":\"OUTCOME_UNKNOWN\",\"kind\":\"unknown\"");
    }

    @Test
    void isAnsweredByItsRecordWhenTheTablesChangedAfterItRan() {
        CompletableFuture<HttpResponse<String>> waiting = writeBeforeTheTablesChange();
        CLUSTER.group(0).changesLayout();
        ROUTER.topology().publish(CLUSTER.topology(2));
        try {
            assertThat(waiting.join().statusCode()).isEqualTo(200);
            assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
        } finally {
            ROUTER.topology().publish(CLUSTER.topology(1));
        }
    }

    @Test
    void anExpiredRepeatIsUnknown() {
        CLUSTER.group(0).refuseWith(ErrorCode.REQUEST_EXPIRED);
        String body = "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":1}]}";
        HttpResponse<String> own = ROUTER.send("POST", "/write", body, "Request-Id", "me/2/1700000000000");
        assertThat(own.statusCode()).isEqualTo(504);
        assertThat(own.body()).contains("\"kind\":\"unknown\"");
        HttpResponse<String> made = write(1);
        assertThat(made.statusCode())
                .as("nobody can have sent an id that was just made")
                .isEqualTo(503);
    }

    @Test
    void aWriteOfWhichOneShardDoesNotAnswerChangesNothing() {
        CLUSTER.server(1).loseAnswers.set(1_000_000);
        HttpResponse<String> answer = ROUTER.send(
                "POST", "/write", "{\"data\":[{\"Stud_id\":1},{\"Stud_id\":4100},{\"Stud_id\":2},{\"Stud_id\":9000}]}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("nothing was changed");
        assertThat(IntStream.range(0, 3).map(i -> CLUSTER.group(i).size()).sum())
                .isZero();
    }

    @Test
    void refusesBeforeTheDatabaseIsInitialised() {
        try (RouterUnderTest fresh = new RouterUnderTest(Duration.ofSeconds(1))) {
            HttpResponse<String> answer = fresh.send("POST", "/write", "{\"data\":[]}");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("NOT_INITIALISED").contains("has not learned yet");
            assertThat(fresh.send("GET", "/health/ready", "").statusCode()).isEqualTo(503);
            assertThat(fresh.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void retriesWhatAServerRefusesForNow() {
        CLUSTER.group(0).refuseWith(ErrorCode.SHARD_CLOSED);
        CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> write(1));
        Awaitility.await().until(() -> CLUSTER.server(0).calls.get() > 2);
        CLUSTER.group(0).refuseWith(null);
        assertThat(waiting.join().statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> write(int id) {
        return ROUTER.send(
                "POST", "/write", "{\"data\":[{\"Stud_id\":" + id + ",\"Stud_name\":\"a\",\"Stud_marks\":1}]}");
    }

    private static HttpResponse<String> read(String level) {
        return ROUTER.send("POST", "/read", "{\"Stud_id\":{\"low\":1,\"high\":1}}", "Read-Level", level);
    }
}
