package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table over the router's {@code /v1} API. Writes carry a request id and are repeated until they are
 * settled.
 */
public final class Rows {

    private static final int PAGE_ROWS = 1_000;

    private final RouterClient router;
    private final String path;
    private final RequestIds ids;
    private final Duration patience;

    /** @param patience how long a request may take, repeats included */
    public Rows(RouterClient router, String table, RequestIds ids, Duration patience) {
        this.router = router;
        this.path = "v1/tables/" + encoded(table) + "/rows";
        this.ids = ids;
        this.patience = patience;
    }

    /** How a write treats a row whose key is there already. */
    public enum WriteMode {
        /** Refuses the row. */
        INSERT,
        /** Replaces the row. */
        UPSERT
    }

    /** The row with this key. */
    public Optional<JsonNode> get(List<String> key) throws InterruptedException {
        Answer answer = router.sendUntil("GET", keyed(key), null, null, patience);
        if (answer.status() == 404 && isNoRow(answer)) {
            return Optional.empty();
        }
        check(answer);
        return Optional.of(answer.body());
    }

    /**
     * Every row of a range in key order, page by page.
     *
     * @param from first key; null: from the lowest
     * @param to first key not read; null: to the highest
     * @param limit at most so many rows
     */
    public long range(@Nullable String from, @Nullable String to, long limit, Consumer<JsonNode> sink)
            throws InterruptedException {
        long seen = 0;
        @Nullable String continuation = null;
        do {
            StringBuilder query = new StringBuilder(path).append("?limit=").append(Math.min(PAGE_ROWS, limit - seen));
            if (from != null) {
                query.append("&from=").append(encoded(from));
            }
            if (to != null) {
                query.append("&to=").append(encoded(to));
            }
            if (continuation != null) {
                query.append("&continuation=").append(encoded(continuation));
            }
            Answer answer = router.sendUntil("GET", query.toString(), null, null, patience);
            check(answer);
            for (JsonNode row : answer.body().path("rows")) {
                sink.accept(row);
                seen++;
            }
            continuation = answer.body().path("continuation").asText("");
        } while (!continuation.isEmpty() && seen < limit);
        return seen;
    }

    /** Writes rows; the answer is returned as it is, for the caller to judge. */
    public Answer write(List<? extends JsonNode> rows, WriteMode mode) throws InterruptedException {
        return write(rows, mode, ids.next());
    }

    /** As {@link #write(List, WriteMode)}, under a request id of the caller's. */
    public Answer write(List<? extends JsonNode> rows, WriteMode mode, String requestId) throws InterruptedException {
        ArrayNode body = Json.MAPPER.createArrayNode();
        rows.forEach(body::add);
        return router.sendUntil(mode == WriteMode.INSERT ? "POST" : "PUT", path, body, requestId, patience);
    }

    /** Sets columns of one row; false when there is no such row. */
    public boolean update(List<String> key, JsonNode columns) throws InterruptedException {
        Answer answer = router.sendUntil("PATCH", keyed(key), columns, ids.next(), patience);
        if (answer.status() == 404 && isNoRow(answer)) {
            return false;
        }
        check(answer);
        return true;
    }

    /** Deletes one row; false when there was none. */
    public boolean delete(List<String> key) throws InterruptedException {
        Answer answer = router.sendUntil("DELETE", keyed(key), null, ids.next(), patience);
        if (answer.status() == 404 && isNoRow(answer)) {
            return false;
        }
        check(answer);
        return true;
    }

    /** Lets a success pass. @throws CommandFailure for every other answer */
    public static void check(Answer answer) {
        if (answer.succeeded()) {
            return;
        }
        int exit = answer.worthRepeating()
                ? ExitCode.TEMPORARY
                : answer.status() >= 500 ? ExitCode.SOFTWARE : ExitCode.DATA;
        throw new CommandFailure(exit, answer.reason());
    }

    private static boolean isNoRow(Answer answer) {
        return answer.text().contains("ROW_NOT_FOUND");
    }

    private String keyed(List<String> key) {
        return path + key.stream().map(value -> "key=" + encoded(value)).collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
