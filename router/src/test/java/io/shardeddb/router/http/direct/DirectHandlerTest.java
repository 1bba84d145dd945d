package io.shardeddb.router.http.direct;

import static io.shardeddb.router.http.direct.Connection.get;
import static io.shardeddb.router.http.direct.Connection.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One connection: order, bodies, closing. */
class DirectHandlerTest {

    private final Connection connection = new Connection();

    @Test
    void answersLeaveInTheOrderOfTheRequestsWhoeverAnswers() {
        connection.send(get("/direct/1") + get("/other/2") + get("/direct/3") + get("/other/4") + get("/direct/5"));
        assertThat(connection.begun).hasSize(1);
        assertThat(connection.passed).isEmpty();
        connection.begun.get(0).answer("one");
        assertThat(connection.passed).containsExactly("/other/2");
        assertThat(connection.begun).hasSize(1);
        connection.frameworkAnswers("two", false);
        assertThat(connection.begun).hasSize(2);
        assertThat(connection.passed).isEmpty();
        connection.begun.get(1).answer("three");
        connection.frameworkAnswers("four", false);
        connection.begun.get(2).answer("five");
        assertThat(connection.bodies()).isEqualTo("|one|two|three|four|five");
    }

    @Test
    void beginsADirectRequestWhenTheOneBeforeIsAnswered() {
        connection.send(post("/direct/1", "a") + post("/direct/2", "b"));
        assertThat(connection.begun).hasSize(1);
        connection.begun.get(0).answer("one");
        assertThat(connection.begun.get(1).body()).isEqualTo("b");
        connection.begun.get(1).answer("two");
        assertThat(connection.bodies()).isEqualTo("|one|two");
    }

    @Test
    void theFrameworkMayHaveManyRequestsAtOnce() {
        connection.send(get("/other/1") + post("/other/2", "body") + get("/other/3") + get("/direct/4"));
        assertThat(connection.passed).containsExactly("/other/1", "/other/2", "/other/3");
        connection.frameworkAnswers("one", false);
        connection.frameworkAnswers("two", false);
        assertThat(connection.begun).isEmpty();
        connection.frameworkAnswers("three", false);
        assertThat(connection.begun).hasSize(1);
    }

    @Test
    void aConnectionEndsWithTheAnswerUnderWayWhenTheRouterLeaves() {
        connection.send(get("/direct/1"));
        connection.draining.begin();
        connection.begun.getFirst().answer("one");
        assertThat(connection.received()).contains("connection: close").endsWith("one");
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionEndsWithTheFrameworksAnswerWhenTheRouterLeaves() {
        connection.send(get("/other/1"));
        connection.draining.begin();
        connection.frameworkAnswers("one", false);
        assertThat(connection.received()).contains("connection: close").endsWith("one");
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void requestsThatAreHereAreAnsweredBeforeTheConnectionEnds() {
        connection.send(get("/direct/1") + get("/other/2") + get("/other/3") + get("/direct/4"));
        connection.draining.begin();
        connection.begun.get(0).answer("one");
        connection.frameworkAnswers("two", false);
        connection.frameworkAnswers("three", false);
        connection.begun.get(1).answer("four");
        assertThat(connection.bodies()).isEqualTo("|one|two|three|four");
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void aRouterThatLeavesTakesNewRequests() {
        connection.draining.begin();
        connection.send(get("/direct/1"));
        connection.begun.getFirst().answer("one");
        assertThat(connection.received()).startsWith("HTTP/1.1 200 ").endsWith("one");
    }

    @Test
    void readsNothingMoreWhileSomethingWaits() {
        connection.send(get("/direct/1"));
        int reads = connection.reads;
        connection.send(get("/direct/2"));
        assertThat(connection.reads).isEqualTo(reads);
        connection.begun.get(0).answer("one");
        assertThat(connection.reads).isEqualTo(reads + 1);
    }

    @Test
    void gathersABodyThatComesInPieces() {
        connection.send("POST /direct/1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        connection.send("4\r\ndefg\r\n");
        assertThat(connection.begun).isEmpty();
        connection.send("0\r\n\r\n");
        assertThat(connection.begun.getFirst().body()).isEqualTo("abcdefg");
        connection.send("POST /direct/2 HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
        connection.begun.getFirst().answer("one");
        connection.send("cde");
        assertThat(connection.begun.get(1).body()).isEqualTo("abcde");
    }

    @Test
    void decompressesABody() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write("hello".getBytes(StandardCharsets.UTF_8));
        }
        connection.send(
                "POST /direct/1 HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: " + bytes.size() + "\r\n\r\n");
        connection.channel.writeInbound(Unpooled.wrappedBuffer(bytes.toByteArray()));
        assertThat(connection.begun.getFirst().body()).isEqualTo("hello");
    }

    @Test
    void refusesABodyThatIsNotWhatItsEncodingSays() {
        connection.send("POST /direct/1 HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n"
                + "x".repeat(99) + get("/direct/2"));
        assertThat(connection.received()).startsWith("HTTP/1.1 400 ").contains("cannot be decompressed");
        assertThat(connection.begun).extracting(Connection.Begun::path).containsExactly("/direct/2");
    }

    @Test
    void refusesALargeBodyByItsLengthAndPassesOverIt() {
        connection.send("POST /direct/1 HTTP/1.1\r\nContent-Length: 101\r\n\r\n");
        assertThat(connection.received())
                .startsWith("HTTP/1.1 400 ")
                .contains("[101]")
                .contains("[100]");
        connection.send("x".repeat(101) + get("/direct/2"));
        assertThat(connection.begun).extracting(Connection.Begun::path).containsExactly("/direct/2");
    }

    @Test
    void refusesALargeBodyThatDoesNotSaySo() {
        String chunk = "32\r\n" + "x".repeat(50) + "\r\n";
        connection.send("POST /direct/1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
        assertThat(connection.received()).isEmpty();
        connection.send(chunk);
        assertThat(connection.received()).contains("too large");
        connection.send(chunk + "0\r\n\r\n" + get("/direct/2"));
        assertThat(connection.begun).extracting(Connection.Begun::path).containsExactly("/direct/2");
    }

    @Test
    void tellsWhoAsksThatTheBodyMayCome() {
        String head = "POST /direct/1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: ";
        connection.send(head + "2\r\n\r\n");
        assertThat(connection.received()).startsWith("HTTP/1.1 100 ");
        connection.send("ab");
        connection.begun.getFirst().answer("one");
        assertThat(connection.received()).startsWith("HTTP/1.1 200 ");
        connection.send(head + "101\r\n\r\n");
        assertThat(connection.received()).startsWith("HTTP/1.1 400 ").contains("connection: close");
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatCannotBeReadEndsTheConnection() {
        connection.send("POST /direct/1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n");
        assertThat(connection.received()).startsWith("HTTP/1.1 400 ").contains("connection: close");
        assertThat(connection.begun).isEmpty();
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void aRequestThatCannotBeReadIsTheFrameworks() {
        connection.send("GET /direct/1 HTTP/1.1\r\nwrong header\u0000: x\r\n\r\n");
        assertThat(connection.begun).isEmpty();
        assertThat(connection.passed).hasSize(1);
    }

    @Test
    void aClientThatLeavesGetsNothingAndLeavesNothing() {
        connection.send(get("/direct/1") + post("/direct/2", "waits"));
        connection.clientLeaves();
        connection.begun.getFirst().answer("one");
        assertThat(connection.begun).hasSize(1);
        assertThat(connection.received()).isEmpty();
        // Also with half a body.
        Connection other = new Connection();
        other.send("POST /direct/1 HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 50\r\n\r\nabc");
        other.clientLeaves();
        assertThat(other.begun).isEmpty();
    }

    @Test
    void aFailureIsAnAnswer() {
        connection.send(get("/direct/1"));
        connection.begun.getFirst().answer().completeExceptionally(new DatabaseException(ErrorCode.NO_LEADER, "none"));
        assertThat(connection.received()).startsWith("HTTP/1.1 400 ").endsWith("none");
    }

    @Test
    void closingWaitsForTheRequestUnderWayAndSaysSo() {
        connection.send(get("/direct/1") + get("/direct/2"));
        connection.frameworkCloses();
        assertThat(connection.channel.isOpen()).isTrue();
        connection.begun.getFirst().answer("one");
        assertThat(connection.received()).contains("connection: close").endsWith("one");
        assertThat(connection.channel.isOpen()).isFalse();
        assertThat(connection.begun)
                .as("what had not begun is not begun any more")
                .hasSize(1);
    }

    @Test
    void closingWithoutARequestIsAtOnce() {
        connection.frameworkCloses();
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void nothingIsBegunBehindTheFrameworksLastAnswer() {
        connection.send(get("/other/1") + get("/direct/2"));
        connection.frameworkAnswers("one", true);
        assertThat(connection.begun).isEmpty();
        assertThat(connection.received()).contains("date: " + Connection.DATE);
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, '', true, ''",
        "1.1, close, false, close",
        "1.0, '', false, ''",
        "1.0, keep-alive, true, keep-alive",
    })
    void keepsTheConnectionAsTheClientAsks(String version, String asked, boolean stays, String told) {
        connection.send("GET /direct/1 HTTP/" + version + "\r\n"
                + (asked.isEmpty() ? "" : "Connection: " + asked + "\r\n") + "\r\n");
        connection.begun.getFirst().answer("one");
        String answer = connection.received();
        assertThat(answer).startsWith("HTTP/" + version + " 200 ").endsWith("one");
        if (told.isEmpty()) {
            assertThat(answer).doesNotContain("connection:");
        } else {
            assertThat(answer).contains("connection: " + told);
        }
        assertThat(connection.channel.isOpen()).isEqualTo(stays);
    }

    @Test
    void anAnswerHasItsHeaders() {
        connection.send(get("/direct/1"));
        connection
                .begun
                .getFirst()
                .answer()
                .complete(
                        DirectAnswer.json(HttpResponseStatus.SERVICE_UNAVAILABLE, "{}".getBytes(StandardCharsets.UTF_8))
                                .with("token")
                                .allowing("GET"));
        assertThat(connection.received())
                .isEqualTo("HTTP/1.1 503 Service Unavailable\r\ndate: " + Connection.DATE
                        + "\r\ncontent-type: application/json\r\nSession-Token: token\r\nallow: GET\r\nretry-after: 1\r\n"
                        + "content-length: 2\r\n\r\n{}");
    }

    @Test
    void headHasTheLengthAndNoBody() {
        connection.send("HEAD /direct/1 HTTP/1.1\r\n\r\n" + get("/direct/2"));
        connection.begun.get(0).answer("one");
        connection.begun.get(1).answer("two");
        assertThat(connection.received())
                .contains("content-length: 3\r\n\r\nHTTP/1.1 200")
                .endsWith("two");
    }

    @Test
    void compressesALongAnswerForWhoTakesIt() {
        String large = "x".repeat(5_000);
        connection.send(get("/direct/1", "Accept-Encoding: br, gzip\r\n")
                + get("/direct/2")
                + get("/direct/3", "Accept-Encoding: gzip;q=0\r\n"));
        connection.begun.get(0).answer(large);
        assertThat(connection.received()).contains("content-encoding: gzip").hasSizeLessThan(1_000);
        connection.begun.get(1).answer(large);
        assertThat(connection.received()).doesNotContain("content-encoding").endsWith(large);
        connection.begun.get(2).answer(large);
        assertThat(connection.received()).doesNotContain("content-encoding").endsWith(large);
    }

    @Test
    void closesAConnectionWithoutTraffic() {
        connection.channel.freezeTime();
        connection.channel.advanceTimeBy(Connection.IDLE_MILLIS + 1, TimeUnit.MILLISECONDS);
        connection.channel.runScheduledPendingTasks();
        assertThat(connection.channel.isOpen()).isTrue();
        connection.send(get("/direct/1"));
        connection.begun.getFirst().answer("one");
        connection.channel.advanceTimeBy(Connection.IDLE_MILLIS + 1, TimeUnit.MILLISECONDS);
        connection.channel.runScheduledPendingTasks();
        assertThat(connection.channel.isOpen()).isTrue();
        connection.channel.advanceTimeBy(Connection.IDLE_MILLIS + 1, TimeUnit.MILLISECONDS);
        connection.channel.runScheduledPendingTasks();
        assertThat(connection.channel.isOpen()).isFalse();
    }

    @Test
    void countsWhatItAnswers() {
        connection.send(get("/direct/1") + get("/direct/2") + get("/direct/3"));
        connection.begun.get(0).answer("one");
        connection.begun.get(1).answer("two");
        connection.begun.get(2).answer().completeExceptionally(new IllegalStateException("no"));
        assertThat(connection
                        .meters
                        .get("http.server.requests")
                        .tag("status", "200")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(connection
                        .meters
                        .get("http.server.requests")
                        .tag("uri", "/direct/{number}")
                        .tag("status", "400")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
