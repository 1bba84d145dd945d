package io.shardeddb.cli.verify.workload;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.verify.check.Outcome;
import io.shardeddb.cli.verify.check.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One client of a workload. It sends one request after the other, and notes what each one's answer says. */
public final class VerifyClient {

    /** So long a write is repeated under its id until it is answered for good. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** The status of an answer that there is no such row. */
    static final int NO_SUCH_ROW = 404;

    private static final int UNKNOWN = 504;

    private static final String TRANSACTIONS = "/v1/transactions";

    private final RouterClient router;
    private final RequestIds ids = RequestIds.fresh();
    private final int number;
    private final Random random;
    private final Tally tally;

    /**
     * A client that has sent nothing yet.
     *
     * @param number no other client of the workload has it
     * @param tally counts its writes
     */
    public VerifyClient(RouterClient router, int number, Random random, Tally tally) {
        this.router = router;
        this.number = number;
        this.random = random;
        this.tally = tally;
    }

    Random random() {
        return random;
    }

    int number() {
        return number;
    }

    /** An id for a write that nobody has sent yet. */
    String newId() {
        return ids.next();
    }

    /**
     * A write and what became known of it.
     *
     * @param answer the last one
     * @param span to the last answer; without an end when the outcome is not known
     * @param id under which it was sent
     */
    record Write(Outcome outcome, Answer answer, Span span, String id) {}

    /**
     * Sends a write. One in four takes its first answer for its last one: what an error says of what happened must be
     * true without a repeat too.
     */
    Write write(String method, String path, @Nullable JsonNode body) throws InterruptedException {
        return write(method, path, body, ids.next(), random.nextInt(4) == 0 ? Duration.ZERO : PATIENCE);
    }

    /** What a transaction does between its beginning and its end. False: give it up. */
    @FunctionalInterface
    interface Steps {
        boolean run(Transaction transaction) throws InterruptedException;
    }

    /**
     * A transaction that was begun.
     *
     * @param begin when its beginning was sent, and answered: the moment that it sees is between them
     */
    record Transaction(VerifyClient client, String path, Span begin) {

        /** Reads a row; empty when there was no answer that tells. */
        Optional<Read> read(String table, long key) throws InterruptedException {
            return client.read(path + "/tables/" + table + "/rows/" + key);
        }

        /** Writes; false when it could not. */
        boolean write(String table, JsonNode body) throws InterruptedException {
            return client.router
                    .send(
                            "POST",
                            path + "/tables/" + table + "/batch",
                            body,
                            Map.of(RouterClient.REQUEST_ID, client.ids.next()))
                    .succeeded();
        }
    }

    /**
     * Runs a transaction.
     *
     * @return absent when it was not begun, or was given up
     */
    Optional<Write> transaction(String level, Steps steps) throws InterruptedException {
        long sent = System.nanoTime();
        Answer begun = router.send("POST", TRANSACTIONS, Json.object().put("level", level), Map.of());
        Span begin = new Span(sent, System.nanoTime());
        String id = begun.body().path("id").asText("");
        if (!begun.succeeded() || id.isEmpty()) {
            return Optional.empty();
        }
        Transaction transaction = new Transaction(this, TRANSACTIONS + "/" + id, begin);
        if (steps.run(transaction)) {
            return Optional.of(commit(transaction));
        }
        router.send("DELETE", transaction.path(), null, Map.of());
        return Optional.empty();
    }

    /** Who has lost the transaction does not know how an earlier commit ended. */
    private Write commit(Transaction transaction) throws InterruptedException {
        Write write = write("POST", transaction.path() + "/commit", null);
        boolean forgotten = write.answer().body().path("code").asText("").equals("TRANSACTION_NOT_FOUND");
        Outcome outcome = forgotten && write.outcome() == Outcome.REFUSED ? Outcome.UNKNOWN : write.outcome();
        long end = outcome == Outcome.UNKNOWN ? Long.MAX_VALUE : write.span().end();
        return new Write(outcome, write.answer(), new Span(transaction.begin().begin(), end), write.id());
    }

    /** Repeats a write of unknown outcome under its id. */
    Write settle(String method, String path, @Nullable JsonNode body, String id) throws InterruptedException {
        return write(method, path, body, id, PATIENCE.multipliedBy(2));
    }

    private Write write(String method, String path, @Nullable JsonNode body, String id, Duration patience)
            throws InterruptedException {
        long begin = System.nanoTime();
        boolean mayHaveHappened = false;
        long pause = 20;
        while (true) {
            Answer answer = router.send(method, path, body, Map.of(RouterClient.REQUEST_ID, id));
            long end = System.nanoTime();
            mayHaveHappened |= answer.status() == 0 || answer.status() == UNKNOWN;
            boolean over = end - begin > patience.toNanos();
            if (!answer.worthRepeating() || over) {
                Outcome outcome = answer.succeeded()
                        ? Outcome.DONE
                        : answer.worthRepeating() && mayHaveHappened ? Outcome.UNKNOWN : Outcome.REFUSED;
                Span span = new Span(begin, outcome == Outcome.UNKNOWN ? Long.MAX_VALUE : end);
                tally.answered(outcome, end - begin);
                return new Write(outcome, answer, span, id);
            }
            Thread.sleep(pause + random.nextInt((int) pause));
            pause = Math.min(400, pause * 2);
        }
    }

    /** All rows of a table, by their ids. */
    SortedMap<Long, JsonNode> all(String table) throws InterruptedException {
        SortedMap<Long, JsonNode> rows = new TreeMap<>();
        new Rows(router, table, ids, PATIENCE)
                .range(
                        null,
                        null,
                        Long.MAX_VALUE,
                        row -> rows.put(row.path("id").asLong(), row));
        return rows;
    }

    /**
     * A strong read that was answered.
     *
     * @param row absent: there is none
     */
    record Read(Span span, Optional<JsonNode> row) {}

    /** Reads the rows of a range in one request, strongly; empty when there was no answer that tells. */
    Optional<List<JsonNode>> range(String table, long from, long to) throws InterruptedException {
        String path = "/v1/tables/" + table + "/rows?from=" + from + "&to=" + to;
        Answer answer = router.send("GET", path, null, Map.of());
        if (!answer.succeeded()) {
            return Optional.empty();
        }
        List<JsonNode> rows = new ArrayList<>();
        answer.body().path("rows").forEach(rows::add);
        return Optional.of(rows);
    }

    /** Reads a row once; empty when there was no answer that tells. */
    Optional<Read> read(String table, long key) throws InterruptedException {
        return read("/v1/tables/" + table + "/rows/" + key);
    }

    private Optional<Read> read(String path) throws InterruptedException {
        long begin = System.nanoTime();
        Answer answer = router.send("GET", path, null, Map.of());
        Span span = new Span(begin, System.nanoTime());
        if (answer.succeeded()) {
            return Optional.of(new Read(span, Optional.of(answer.body())));
        }
        return answer.status() == NO_SUCH_ROW
                        && answer.body().path("code").asText("").equals("ROW_NOT_FOUND")
                ? Optional.of(new Read(span, Optional.empty()))
                : Optional.empty();
    }
}
