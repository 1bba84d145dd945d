package io.shardeddb.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.systemtests.clients.SlowReader;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one router that insert, update and replace rows, read single rows, walk over all rows page by page and
 * read all of them in one answer, each request once, while tables change. Writers set a column of the tables in force.
 * Each answer is judged at once.
 */
final class TableClients implements AutoCloseable {

    /** Rows that are there from the beginning, with keys from 0: enough that a full read comes in several parts. */
    static final int BASE_ROWS = 4_000;

    private static final String TEXT = "some hundred characters, ".repeat(15);
    private static final String PATH = "/v1/tables/" + ChangedTables.TABLE + "/rows";
    private static final int ROWS_OF_A_WRITE = 500;
    private static final int ROWS_OF_A_PAGE = 400;
    /** Keys of one client's inserts, and rows that it alone changes. */
    private static final long INSERTS = 1_000_000;

    private static final long PAUSE_MILLIS = 20;
    private static final String SLOW = "slow full reads";

    private final ObjectMapper json = new ObjectMapper();
    private final RouterClient router;
    private final SlowReader slowReader;
    private final ChangedTables tables;
    private final int number;
    /** What must be found by every read that begins from now on: the columns of acknowledged writes, by key. */
    private final Map<Long, Map<String, Long>> acknowledged = new ConcurrentSkipListMap<>();

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Wait> waits = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final AtomicLong crossed = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * One write.
     *
     * @param nanos how long it took
     * @param crossed whether tables were being changed at some moment of it
     */
    record Wait(String what, long nanos, boolean crossed) {
        @Override
        public String toString() {
            return "%s: %.0f ms".formatted(what, nanos / 1e6);
        }
    }

    /** What a client does again and again. */
    private interface Turn {
        void take(long turn) throws InterruptedException;
    }

    /** @param number of the router, from 0: its clients have rows of their own */
    TableClients(String endpoint, ChangedTables tables, int number) {
        this.router = new RouterClient(endpoint);
        this.slowReader = new SlowReader(URI.create(endpoint), PATH, stop);
        this.tables = tables;
        this.number = number;
    }

    /** Writes the rows that are there from the beginning. */
    void fill() throws InterruptedException {
        for (int from = 0; from < BASE_ROWS; from += ROWS_OF_A_WRITE) {
            ArrayNode rows = json.createArrayNode();
            for (long key = from; key < from + ROWS_OF_A_WRITE; key++) {
                rows.addObject().put("id", key).put("number", 0).put("text", TEXT);
            }
            Answer answer = router.send("POST", PATH, rows, Map.of());
            if (!answer.succeeded()) {
                throw new IllegalStateException(answer.text());
            }
        }
    }

    void start() {
        start("inserts", this::insert);
        start("updates", turn -> update(turn, 10L + number, "PATCH"));
        start("replacements", turn -> update(turn, 20L + number, "PUT"));
        start("single reads", turn -> single(turn % 2 == 0 ? 10L + number : 20L + number));
        start("pages", turn -> walk());
        start("full reads", turn -> full(() -> router.send("GET", PATH, null, Map.of())));
        start(SLOW, turn -> full(slowReader::read));
    }

    private void start(String name, Turn turn) {
        AtomicLong count = new AtomicLong();
        counts.put(name, count);
        threads.add(Thread.ofPlatform().name(name + "-" + number).daemon().start(() -> {
            try {
                for (long i = 1; stop.getCount() > 0; i++) {
                    turn.take(i);
                    count.incrementAndGet();
                    if (stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failures.add(name + ": " + e);
            }
        }));
    }

    private void insert(long turn) throws InterruptedException {
        long key = INSERTS * (number + 1) + turn;
        ObjectNode row = newest(turn).put("id", key).put("text", "inserted");
        Map<String, Long> values = numbers(row);
        if (written("insert " + key, "POST", PATH, json.createArrayNode().add(row))) {
            acknowledged.put(key, values);
        }
    }

    /** A replacement leaves nothing of what the row was; an update leaves what it does not name. */
    private void update(long turn, long key, String method) throws InterruptedException {
        ObjectNode row = newest(turn);
        Map<String, Long> values = numbers(row);
        boolean replaces = method.equals("PUT");
        if (written(method + " " + key, method, PATH + "/" + key, row)) {
            acknowledged.merge(key, values, (old, next) -> {
                Map<String, Long> merged = new TreeMap<>(replaces ? Map.of() : old);
                merged.putAll(next);
                return Map.copyOf(merged);
            });
        }
    }

    /** The number of the turn, in the column that all shapes have and in the last one that is in force. */
    private ObjectNode newest(long turn) {
        ObjectNode row = json.createObjectNode().put("number", turn);
        tables.tablesInForce().columns(ChangedTables.TABLE).reversed().stream()
                .filter(column -> column.startsWith("column"))
                .findFirst()
                .ifPresent(column -> row.put(column, turn));
        return row;
    }

    private static Map<String, Long> numbers(ObjectNode row) {
        Map<String, Long> numbers = new TreeMap<>();
        row.properties().forEach(field -> {
            if (field.getValue().isNumber() && !field.getKey().equals("id")) {
                numbers.put(field.getKey(), field.getValue().asLong());
            }
        });
        return Map.copyOf(numbers);
    }

    private boolean written(String what, String method, String path, JsonNode body) throws InterruptedException {
        int inForce = tables.stepInForce();
        long begin = System.nanoTime();
        Answer answer = router.send(method, path, body, Map.of());
        long nanos = System.nanoTime() - begin;
        waits.add(new Wait("router " + number + " " + what, nanos, tables.stepsAsked() > inForce));
        if (!answer.succeeded()) {
            fail(what, answer);
        }
        return answer.succeeded();
    }

    private void single(long key) throws InterruptedException {
        int step = tables.stepInForce();
        Map<String, Long> before = acknowledged.get(key);
        Answer answer = router.send("GET", PATH + "/" + key, null, Map.of());
        if (!answer.succeeded()) {
            fail("row " + key, answer);
            return;
        }
        judge(answer.body(), step, before, key);
    }

    private void walk() throws InterruptedException {
        Map<Long, Map<String, Long>> before = Map.copyOf(acknowledged);
        List<Long> keys = new ArrayList<>();
        String continuation = "";
        do {
            int step = tables.stepInForce();
            Answer answer = router.send(
                    "GET", PATH + "?to=" + INSERTS + "&limit=" + ROWS_OF_A_PAGE + continuation, null, Map.of());
            if (!whole(answer)) {
                fail("page after " + (keys.isEmpty() ? "nothing" : keys.getLast()), answer);
                return;
            }
            judge(answer.body().path("rows"), step, before, keys);
            String next = answer.body().path("continuation").asText("");
            continuation = next.isEmpty() ? "" : "&continuation=" + next;
        } while (!continuation.isEmpty());
        requireKeys("pages", keys, before, INSERTS);
    }

    private interface Sending {
        Answer send() throws InterruptedException;
    }

    private void full(Sending sending) throws InterruptedException {
        int step = tables.stepInForce();
        int asked = tables.stepsAsked();
        Map<Long, Map<String, Long>> before = Map.copyOf(acknowledged);
        Answer answer = sending.send();
        if (!whole(answer)) {
            fail("full read", answer);
            return;
        }
        List<Long> keys = new ArrayList<>();
        judge(answer.body().path("rows"), step, before, keys);
        requireKeys("full read", keys, before, Long.MAX_VALUE);
        crossed.addAndGet(tables.stepInForce() > step || tables.stepsAsked() > asked ? 1 : 0);
    }

    private static boolean whole(Answer answer) {
        return answer.status() == 200 && answer.body().path("complete").asBoolean();
    }

    /** All rows of one answer have one shape, and what was acknowledged before it was asked for. */
    private void judge(JsonNode rows, int step, Map<Long, Map<String, Long>> before, List<Long> keys) {
        List<List<String>> shapes = tables.shapes(step);
        List<String> first = rows.isEmpty() ? List.of() : names(rows.path(0));
        if (!rows.isEmpty() && !shapes.contains(first)) {
            failures.add("a row has " + first + ", which are the columns of none of the steps from " + step);
        }
        for (JsonNode row : rows) {
            long key = row.path("id").asLong(-1);
            keys.add(key);
            if (!names(row).equals(first)) {
                failures.add("row " + key + " has " + names(row) + " in an answer that began with " + first);
            }
            requireValues(row, before.get(key), key);
        }
    }

    private void judge(JsonNode row, int step, @Nullable Map<String, Long> before, long key) {
        if (!tables.shapes(step).contains(names(row))) {
            failures.add(
                    "row " + key + " has " + names(row) + ", which are the columns of none of the steps from " + step);
        }
        requireValues(row, before, key);
    }

    /**
     * Numbers only grow. A column that a replacement left out is null by and by, so only those of the answer that are
     * newer are certain.
     */
    private void requireValues(JsonNode row, @Nullable Map<String, Long> before, long key) {
        if (before != null && row.path("number").asLong(-1) < before.getOrDefault("number", 0L)) {
            failures.add("row " + key + " is " + row + " after " + before + " was acknowledged");
        }
    }

    /** Every row that was there before, once, in order. */
    private void requireKeys(String what, List<Long> keys, Map<Long, Map<String, Long>> before, long end) {
        for (int i = 1; i < keys.size(); i++) {
            if (keys.get(i) <= keys.get(i - 1)) {
                failures.add(what + ": key " + keys.get(i) + " after " + keys.get(i - 1));
            }
        }
        long base = keys.stream().filter(key -> key < BASE_ROWS).count();
        if (base != BASE_ROWS) {
            failures.add(what + ": " + base + " of " + BASE_ROWS + " rows");
        }
        before.keySet().stream()
                .filter(key -> key < end && Collections.binarySearch(keys, key) < 0)
                .forEach(key -> failures.add(what + ": row " + key + " is missing, " + before.get(key)));
    }

    private static List<String> names(JsonNode row) {
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void fail(String what, Answer answer) {
        String text = answer.text();
        failures.add("router %d, step %d, %s: %d %s"
                .formatted(
                        number,
                        tables.stepInForce(),
                        what,
                        answer.status(),
                        text.length() < 600
                                ? text
                                : text.substring(0, 200) + " ... " + text.substring(text.length() - 300)));
    }

    /** When nobody writes any more: every acknowledged write must be there as it was. */
    void requireAcknowledged() throws InterruptedException {
        Answer answer = router.send("GET", PATH, null, Map.of());
        Map<Long, JsonNode> found = new TreeMap<>();
        answer.body().path("rows").forEach(row -> found.put(row.path("id").asLong(), row));
        acknowledged.forEach((key, values) -> values.forEach((column, value) -> {
            JsonNode row = found.get(key);
            if (row == null || row.path(column).asLong(-1) != value) {
                failures.add("row " + key + " should have " + values + " and is " + row);
            }
        }));
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Every write. */
    List<Wait> waits() {
        return List.copyOf(waits);
    }

    /** Full reads during which a step was asked for or came into force. */
    long crossed() {
        return crossed.get();
    }

    /** Clients that have had no turn since these counts; the slow ones are to see more than one change. */
    List<String> waiting(Map<String, Long> since) {
        return since.entrySet().stream()
                .filter(each -> !each.getKey().equals(SLOW))
                .filter(each -> counts().getOrDefault(each.getKey(), 0L) <= each.getValue())
                .map(each -> "a turn of " + each.getKey() + " of router " + number)
                .toList();
    }

    /** Turns of each client. */
    Map<String, Long> counts() {
        Map<String, Long> now = new TreeMap<>();
        counts.forEach((name, count) -> now.put(name, count.get()));
        return now;
    }

    @Override
    public String toString() {
        return counts().toString();
    }

    /** Lets requests under way end. */
    void stop() throws InterruptedException {
        stop.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
        router.close();
    }
}
