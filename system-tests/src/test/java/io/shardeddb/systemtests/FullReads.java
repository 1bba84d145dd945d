package io.shardeddb.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.systemtests.clients.ClientThreads;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that read everything, again and again, each with one request on its own connection, strongly, and retry
 * nothing. Every answer must have every row once, in the order of the keys.
 */
final class FullReads implements AutoCloseable {

    private final RouterClient router;
    private final ObjectNode question;
    private final List<Long> keys;
    private final ClientThreads threads = new ClientThreads();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger crossed = new AtomicInteger();
    private final AtomicInteger moves = new AtomicInteger();

    /**
     * Starts them.
     *
     * @param keys every key that is there, in order; nobody adds or removes one
     */
    FullReads(RouterClient router, List<Long> keys, int connections) {
        this.router = router;
        this.keys = List.copyOf(keys);
        this.question = JsonNodeFactory.instance.objectNode();
        question.putObject("Stud_id").put("low", keys.getFirst()).put("high", keys.getLast());
        threads.start("full-reads", connections, 0, ignored -> this::read);
    }

    private void read() throws InterruptedException {
        int movesBefore = moves.get();
        Answer answer = router.send("POST", "/read", question, Map.of());
        String fault = fault(answer);
        if (!fault.isEmpty()) {
            threads.failed(fault);
        }
        reads.incrementAndGet();
        crossed.addAndGet(moves.get() > movesBefore ? 1 : 0);
    }

    /** What is wrong with an answer; empty when nothing is. */
    private String fault(Answer answer) {
        if (answer.status() != 200 || !answer.body().path("status").asText().equals("success")) {
            String text = answer.text();
            return answer.status() + " " + text.substring(0, Math.min(300, text.length()));
        }
        JsonNode rows = answer.body().path("data");
        for (int i = 0; i < Math.min(rows.size(), keys.size()); i++) {
            long key = rows.path(i).path("Stud_id").asLong(-1);
            if (key != keys.get(i)) {
                return "row %d has key %d where %d was due".formatted(i, key, keys.get(i));
            }
        }
        return rows.size() == keys.size() ? "" : "%d rows where %d were due".formatted(rows.size(), keys.size());
    }

    /** A leadership has moved: reads under way have crossed it. */
    void moved() {
        moves.incrementAndGet();
    }

    /** Reads that have ended, well or not. */
    int reads() {
        return reads.get();
    }

    /** Reads during which a leadership moved. */
    int crossed() {
        return crossed.get();
    }

    /** What was wrong, a line for each read that failed. */
    List<String> failures() {
        return threads.failures();
    }

    /** Lets reads under way end. */
    void stop() throws InterruptedException {
        threads.stop();
    }

    @Override
    public void close() {
        threads.close();
    }
}
