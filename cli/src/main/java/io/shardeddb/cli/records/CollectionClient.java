package io.shardeddb.cli.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The documents of one collection over the router's API, docs/documents.md. Writes carry a request id. Thread-safe. */
public final class CollectionClient {

    private static final Map<String, String> LINES = Map.of("Accept", "application/x-ndjson");

    private final RouterClient router;
    private final String path;
    private final RequestIds ids;
    private final Duration patience;

    /** @param patience how long a request may take, repeats included */
    public CollectionClient(RouterClient router, String name, RequestIds ids, Duration patience) {
        this.router = router;
        this.path = "v1/collections/" + RouterClient.encoded(name);
        this.ids = ids;
        this.patience = patience;
    }

    /** Inserts documents, all or none; the answer is for the caller to judge. */
    public Answer insert(JsonNode documents) throws InterruptedException {
        return router.sendUntil("POST", path, documents, ids.next(), patience);
    }

    /** Inserts or replaces one document; the answer is for the caller to judge. */
    public Answer replace(String id, JsonNode document) throws InterruptedException {
        return router.sendUntil("PUT", one(id), document, ids.next(), patience);
    }

    /** The document whose id stands so in a path. */
    public Optional<JsonNode> get(String id) throws InterruptedException {
        Answer answer = router.sendUntil("GET", one(id), null, null, patience);
        if (isNoDocument(answer)) {
            return Optional.empty();
        }
        Rows.check(answer);
        return Optional.of(answer.body());
    }

    /** Removes one document; false when there was none. */
    public boolean delete(String id) throws InterruptedException {
        Answer answer = router.sendUntil("DELETE", one(id), null, ids.next(), patience);
        if (isNoDocument(answer)) {
            return false;
        }
        Rows.check(answer);
        return true;
    }

    /**
     * Asks something of the whole collection.
     *
     * @param action such as {@code count}
     * @throws CommandFailure when it is refused or fails
     */
    public JsonNode ask(String action, ObjectNode body) throws InterruptedException {
        Answer answer = router.sendUntil("POST", path + "/" + action, body, null, patience);
        Rows.check(answer);
        return answer.body();
    }

    /** Changes documents; the action is {@code update} or {@code delete}. */
    public JsonNode change(String action, ObjectNode body) throws InterruptedException {
        Answer answer = router.sendUntil("POST", path + "/" + action, body, ids.next(), patience);
        Rows.check(answer);
        return answer.body();
    }

    /**
     * Hears documents one by one.
     *
     * @param action {@code find} or {@code aggregate}
     * @param sink hears each; false: it wants no more
     * @return how many it heard
     * @throws CommandFailure when it is refused or fails; TEMPORARY when the answer breaks off in the middle
     */
    public long stream(String action, ObjectNode body, Predicate<JsonNode> sink) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Heard heard = new Heard(sink);
            @Nullable Answer refusal;
            try {
                refusal = router.lines("POST", path + "/" + action, body, LINES, heard::line);
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCode.TEMPORARY, "the answer broke off after " + heard.count + " documents: " + e, e);
            }
            if (refusal == null) {
                return heard.end();
            }
            if (!refusal.worthRepeating() || System.nanoTime() > end) {
                Rows.check(refusal);
            }
            Thread.sleep(100);
        }
    }

    private String one(String id) {
        return path + "/" + RouterClient.encoded(id);
    }

    private static boolean isNoDocument(Answer answer) {
        return answer.status() == 404 && answer.body().path("code").asText().equals("DOCUMENT_NOT_FOUND");
    }

    /** The lines of one answer. The last one says that it is whole, so each line waits for the next. */
    private static final class Heard {

        private final Predicate<JsonNode> sink;
        private @Nullable String held;
        private long count;
        private boolean enough;

        Heard(Predicate<JsonNode> sink) {
            this.sink = sink;
        }

        boolean line(String line) {
            if (line.isBlank()) {
                return true;
            }
            @Nullable String before = held;
            held = line;
            if (before != null) {
                count++;
                enough = !sink.test(parsed(before));
            }
            return !enough;
        }

        long end() {
            if (!enough && (held == null || !parsed(held).path("complete").asBoolean())) {
                throw new CommandFailure(
                        ExitCode.TEMPORARY,
                        "the answer broke off after " + count + " documents; nothing is known of more");
            }
            return count;
        }

        private static JsonNode parsed(String line) {
            try {
                return Json.MAPPER.readTree(line);
            } catch (JsonProcessingException e) {
                throw new CommandFailure(ExitCode.TEMPORARY, "the answer broke off in a line: " + line, e);
            }
        }
    }
}
