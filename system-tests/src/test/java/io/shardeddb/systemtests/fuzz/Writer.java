package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes rows that nobody else writes. An outcome that is not known is asked for under the same request
 * id, through whatever router there is, until it is; one that says that nothing was changed is believed, and what comes
 * of it is never to be seen.
 */
final class Writer implements Runnable {

    private static final int KEYS = 12;
    private static final int MOST_ROWS = 4;
    /** Keys that stay as they were loaded: behind those of writers, in the first shard. */
    private static final long LOADED_FROM = 300;

    private static final long LOADED_TO = 900;
    private static final long LOADED_AT_ONCE = 200;
    private static final long AGAIN_MILLIS = 50;
    /** What a router says that found no leader until its time was up. */
    private static final Set<String> GIVEN_UP = Set.of("NO_LEADER", "OUTCOME_UNKNOWN", "PARTLY_COMMITTED");

    private static final Set<String> OF_THE_ROW = Set.of("ROW_NOT_FOUND", "DUPLICATE_KEY");

    private final FuzzClients clients;
    private final RowModel model;
    private final int number;
    private final Random random;
    private final RequestIds ids = RequestIds.fresh();

    /** A row of a write and what it will be; {@code columns} is null when it will not be there. */
    private record Change(
            long key, RowHistory row, @Nullable Map<Integer, Long> columns) {}

    /**
     * A request.
     *
     * @param write the number by which its values are known
     */
    private record Write(
            String table,
            long write,
            String method,
            String path,
            @Nullable JsonNode body,
            List<Change> changes) {}

    Writer(FuzzClients clients, RowModel model, int number, long seed) {
        this.clients = clients;
        this.model = model;
        this.number = number;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            while (clients.awaitTurn()) {
                @Nullable Write write = plan();
                if (write != null) {
                    carryOut(write);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            clients.problems().add("a writer failed: " + e);
        }
    }

    /** Writes rows that nobody changes afterwards, so many that an answer with all of them is streamed. */
    void load() throws InterruptedException {
        for (long from = LOADED_FROM; from < LOADED_TO; from += LOADED_AT_ONCE) {
            long write = model.nextWrite();
            String table = clients.tables().getFirst();
            List<Change> changes = new ArrayList<>();
            ArrayNode body = JsonNodeFactory.instance.arrayNode();
            for (long key = from; key < from + LOADED_AT_ONCE; key++) {
                Map<Integer, Long> columns = Map.of(1, write, 2, write, 3, write);
                body.add(TableShape.row(table, key, columns));
                changes.add(new Change(key, model.row(table, key), columns));
            }
            carryOut(new Write(table, write, "PUT", path(table), body, changes));
        }
    }

    private @Nullable Write plan() {
        List<String> tables = clients.tables();
        String table = tables.get(random.nextInt(3) < 2 ? 0 : random.nextInt(tables.size()));
        long write = model.nextWrite();
        int kind = random.nextInt(10);
        int rows = kind < 2 ? 2 + random.nextInt(MOST_ROWS - 1) : 1;
        Set<Long> keys = new HashSet<>();
        List<Change> changes = new ArrayList<>();
        ArrayNode body = JsonNodeFactory.instance.arrayNode();
        while (keys.size() < rows) {
            long key = key();
            RowHistory row = model.row(table, key);
            // Nothing more is done to a row of which nobody will ever know.
            if (row.isOpen()) {
                return null;
            }
            if (keys.add(key)) {
                if (kind >= 6) {
                    return change(table, key, row, write, kind);
                }
                Map<Integer, Long> columns = some(table, write);
                body.add(TableShape.row(table, key, columns));
                changes.add(new Change(key, row, columns));
            }
        }
        return new Write(table, write, "PUT", path(table), body, changes);
    }

    /** Sets columns of a row, inserts it, or deletes it. */
    private Write change(String table, long key, RowHistory row, long write, int kind) {
        @Nullable Map<Integer, Long> before = row.columns();
        if (before == null && kind < 9) {
            Map<Integer, Long> columns = some(table, write);
            ArrayNode body = JsonNodeFactory.instance.arrayNode().add(TableShape.row(table, key, columns));
            return new Write(table, write, "POST", path(table), body, List.of(new Change(key, row, columns)));
        }
        String path = path(table) + "/" + key;
        if (kind == 9) {
            return new Write(table, write, "DELETE", path, null, List.of(new Change(key, row, null)));
        }
        Map<Integer, Long> set = some(table, write);
        Map<Integer, Long> columns = new TreeMap<>(before == null ? Map.of() : before);
        columns.putAll(set);
        JsonNode body = TableShape.row(table, key, set).without(TableShape.name(0));
        return new Write(table, write, "PATCH", path, body, List.of(new Change(key, row, columns)));
    }

    private static String path(String table) {
        return "/v1/tables/" + table + "/rows";
    }

    /** A key of this writer, in any shard that was ever asked for. */
    private long key() {
        return random.nextInt(clients.shards()) * RowModel.SHARD_SIZE
                + random.nextLong(KEYS) * FuzzClients.WRITERS
                + number;
    }

    /** Columns that are there, and now and then one that is only asked for. */
    private Map<Integer, Long> some(String table, long write) {
        int sure = Math.max(TableShape.FIRST, model.surely(table));
        int count = random.nextInt(8) == 0 ? Math.max(sure, model.most(table)) : sure;
        Map<Integer, Long> columns = new TreeMap<>();
        for (int column = 1; column < count; column++) {
            if (random.nextInt(4) > 0) {
                columns.put(column, write);
            }
        }
        columns.put(count - 1, write);
        return columns;
    }

    private void carryOut(Write write) throws InterruptedException {
        String id = ids.next();
        String what = write.method() + " of write " + write.write();
        long begin = System.nanoTime();
        for (Change change : write.changes()) {
            change.row().begin(change.columns(), begin, at() + what + " begins: " + RowHistory.text(change.columns()));
        }
        Set<Integer> left = new HashSet<>();
        for (int i = 0; i < write.changes().size(); i++) {
            left.add(i);
        }
        boolean maybeDone = false;
        while (!left.isEmpty()) {
            Routers.@Nullable Router router = clients.router(random);
            if (router != null) {
                maybeDone = judge(write, left, what, router, send(router.client(), write, id), maybeDone);
            }
            if (!left.isEmpty() && !clients.goOn(AGAIN_MILLIS)) {
                clients.count(Outcome.UNKNOWN, left.size());
                return;
            }
        }
    }

    private static Answer send(RouterClient router, Write write, String id) throws InterruptedException {
        return router.send(write.method(), write.path(), write.body(), Map.of(RouterClient.REQUEST_ID, id));
    }

    /** Settles what an answer settles. Returns whether a part that is left may have been done. */
    private boolean judge(
            Write write, Set<Integer> left, String what, Routers.Router router, Answer answer, boolean maybeDone) {
        String said = at() + what + " through " + router.pod() + ": " + answer.status() + " " + brief(answer);
        if (answer.succeeded()) {
            settle(write, left, Set.copyOf(left), true, said);
            return false;
        }
        if (GIVEN_UP.contains(answer.body().path("code").asText())) {
            clients.gaveUp();
        }
        if (answer.status() == 0 && answer.text().contains("ConnectException")) {
            return maybeDone;
        }
        String kind = answer.body().path("kind").asText("unknown");
        JsonNode committed = answer.body().path("committed");
        if (committed.isArray()) {
            settle(write, left, numbers(committed, left), true, said);
            // What failed runs after all when the request is repeated because of another part.
            Set<Integer> failed = numbers(answer.body().path("failed"), left);
            if (!maybeDone && failed.equals(left)) {
                settle(write, left, failed, false, said);
            }
            left.forEach(number -> write.changes().get(number).row().unknown(said));
            return !left.isEmpty();
        }
        // What is told of the row itself is what the first run found, however often it is asked for.
        boolean ofTheRow = OF_THE_ROW.contains(answer.body().path("code").asText());
        if (kind.equals("unknown") || (maybeDone && !ofTheRow)) {
            left.forEach(number -> write.changes().get(number).row().unknown(said));
            return true;
        }
        checkRefusal(write, answer, said);
        settle(write, left, Set.copyOf(left), false, said);
        return false;
    }

    private static Set<Integer> numbers(JsonNode array, Set<Integer> left) {
        Set<Integer> numbers = new HashSet<>();
        array.forEach(number -> numbers.add(number.asInt()));
        numbers.retainAll(left);
        return numbers;
    }

    private void settle(Write write, Set<Integer> left, Set<Integer> which, boolean done, String said) {
        long time = System.nanoTime();
        for (int number : which) {
            Change change = write.changes().get(number);
            if (done) {
                change.row().acknowledged(time, said);
                if (change.columns() != null) {
                    int columns = change.columns().entrySet().stream()
                            .filter(entry -> entry.getValue() == write.write())
                            .mapToInt(entry -> entry.getKey() + 1)
                            .max()
                            .orElse(0);
                    model.written(write.table(), change.key(), columns);
                }
            } else {
                change.row().refused(said);
            }
        }
        left.removeAll(which);
        clients.count(done ? Outcome.ACKNOWLEDGED : Outcome.REFUSED, which.size());
    }

    /** A refusal because of the row itself tells what the row is. */
    private void checkRefusal(Write write, Answer answer, String said) {
        String code = answer.body().path("code").asText();
        Change change = write.changes().getFirst();
        boolean there = change.row().columns() != null;
        if (code.equals(there ? "ROW_NOT_FOUND" : "DUPLICATE_KEY")) {
            model.problem(write.table(), change.key(), said);
        }
    }

    private static String brief(Answer answer) {
        if (answer.succeeded()) {
            return "";
        }
        String text = answer.text();
        return text.substring(0, Math.min(text.length(), 200));
    }

    private String at() {
        return clients.problems().time(System.nanoTime()) + " ";
    }
}
