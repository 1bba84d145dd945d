package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** The documents of one collection over the router's API, docs/documents.md. Writes carry a request id. Thread-safe. */
public final class CollectionClient {

    /** Documents of one answer, at most. */
    private static final long PAGE = 1_000;

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
     * Hears documents one by one, page after page.
     *
     * @param action {@code find} or {@code aggregate}
     * @param sink hears each; false: it wants no more
     * @return how many it heard
     * @throws CommandFailure when it is refused or fails; TEMPORARY when an answer is not whole
     */
    public long stream(String action, ObjectNode body, Predicate<JsonNode> sink) throws InterruptedException {
        ObjectNode request = body.deepCopy();
        long left = body.path("limit").asLong(Long.MAX_VALUE);
        long count = 0;
        while (true) {
            if (action.equals("find")) {
                request.put("limit", Math.min(left, PAGE));
            }
            JsonNode answer = ask(action, request);
            for (JsonNode document : answer.path("documents")) {
                count++;
                left--;
                if (!sink.test(document)) {
                    return count;
                }
            }
            if (!answer.path("complete").asBoolean()) {
                throw new CommandFailure(
                        ExitCode.TEMPORARY,
                        "the answer broke off after " + count + " documents; nothing is known of more");
            }
            String cursor = answer.path("cursor").asText();
            if (cursor.isEmpty() || left <= 0) {
                return count;
            }
            request.put("cursor", cursor);
        }
    }

    private String one(String id) {
        return path + "/" + RouterClient.encoded(id);
    }

    private static boolean isNoDocument(Answer answer) {
        return answer.status() == 404 && answer.body().path("code").asText().equals("DOCUMENT_NOT_FOUND");
    }
}
