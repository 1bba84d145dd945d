package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
        this.path = "v1/tables/" + RouterClient.encoded(table) + "/rows";
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
     * Rows that are next to each other in key order.
     *
     * @param from first key; null: from the lowest
     * @param to last key; null: to the highest
     * @param columns those that are wanted; empty: all
     * @param descending from the highest key down
     */
    public record Range(@Nullable String from, @Nullable String to, List<String> columns, boolean descending) {

        /** All rows. */
        public static final Range ALL = new Range(null, null, List.of(), false);
    }

    /** Every row of a range in key order, page by page: {@link #range(Range, long, Predicate)}. */
    public long range(@Nullable String from, @Nullable String to, long limit, Consumer<JsonNode> sink)
            throws InterruptedException {
        return range(new Range(from, to, List.of(), false), limit, row -> {
            sink.accept(row);
            return true;
        });
    }

    /**
     * Every row of a range, page by page. Each page is of a moment of its own.
     *
     * @param limit at most so many rows
     * @param sink hears each row; false: it wants no more
     * @return how many rows it heard
     */
    public long range(Range range, long limit, Predicate<JsonNode> sink) throws InterruptedException {
        long seen = 0;
        String continuation = "";
        do {
            Answer answer = page(range, Math.min(PAGE_ROWS, limit - seen), continuation);
            for (JsonNode row : answer.body().path("rows")) {
                seen++;
                if (!sink.test(row)) {
                    return seen;
                }
            }
            continuation = answer.body().path("continuation").asText("");
        } while (!continuation.isEmpty() && seen < limit);
        return seen;
    }

    /**
     * One page of a range.
     *
     * @param continuation as the page before gave it; empty: the first page
     * @throws CommandFailure when it cannot be read
     */
    public Answer page(Range range, long limit, String continuation) throws InterruptedException {
        StringBuilder query = new StringBuilder(path).append("?limit=").append(limit);
        if (range.from() != null) {
            query.append("&from=").append(RouterClient.encoded(range.from()));
        }
        if (range.to() != null) {
            query.append("&to=").append(RouterClient.encoded(range.to()));
        }
        if (!range.columns().isEmpty()) {
            query.append("&columns=").append(RouterClient.encoded(String.join(",", range.columns())));
        }
        if (range.descending()) {
            query.append("&descending=true");
        }
        if (!continuation.isEmpty()) {
            query.append("&continuation=").append(RouterClient.encoded(continuation));
        }
        Answer answer = router.sendUntil("GET", query.toString(), null, null, patience);
        check(answer);
        return answer;
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

    /**
     * Does one operation on one row.
     *
     * @param body of a request to the table's {@code /batch}, with one operation
     * @return false when there is no such row, or when its condition does not hold
     */
    public boolean changeOne(JsonNode body) throws InterruptedException {
        String batch = path.substring(0, path.length() - "rows".length()) + "batch";
        Answer answer = router.sendUntil("POST", batch, body, ids.next(), patience);
        if (isNoRow(answer) || answer.text().contains("CONDITION_FAILED")) {
            return false;
        }
        check(answer);
        return answer.body().path("affected").asLong(1) > 0;
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
        return path
                + key.stream()
                        .map(value -> "key=" + RouterClient.encoded(value))
                        .collect(Collectors.joining("&", "?", ""));
    }
}
