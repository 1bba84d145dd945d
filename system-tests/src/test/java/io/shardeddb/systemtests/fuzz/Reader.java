package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client that reads rows, ranges and everything, strongly and once each, and has the model judge what is answered.
 */
final class Reader implements Runnable {

    private static final long HOT_KEYS = 64;

    private final FuzzClients clients;
    private final RowModel model;
    private final Random random;

    Reader(FuzzClients clients, RowModel model, long seed) {
        this.clients = clients;
        this.model = model;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            while (clients.awaitTurn()) {
                Routers.@Nullable Router router = clients.router(random);
                if (router != null) {
                    clients.count(ask(router) ? Outcome.READ : Outcome.UNREAD, 1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            clients.problems().add("a reader failed: " + e);
        }
    }

    private boolean ask(Routers.Router router) throws InterruptedException {
        List<String> tables = clients.tables();
        String table = tables.get(random.nextInt(3) < 2 ? 0 : random.nextInt(tables.size()));
        long end = clients.shards() * RowModel.SHARD_SIZE;
        long from = random.nextLong(end);
        long to = random.nextLong(from, end);
        return switch (random.nextInt(10)) {
            case 0 -> all(model, router, table);
            case 1 -> seed(model, router, tables.getFirst(), from, to);
            case 2, 3, 4, 5 -> range(router, table, from, to);
            default -> row(router, table, from / RowModel.SHARD_SIZE * RowModel.SHARD_SIZE + to % HOT_KEYS);
        };
    }

    private boolean row(Routers.Router router, String table, long key) throws InterruptedException {
        RowModel.Asked asked = model.asking(table);
        Answer answer = router.client().send("GET", "/v1/tables/" + table + "/rows/" + key, null, Map.of());
        String how = "read through " + router.pod();
        if (answer.status() == 200) {
            model.judge(asked, key, answer.body(), how);
            return true;
        }
        if (answer.body().path("code").asText().equals("ROW_NOT_FOUND")) {
            model.judge(asked, key, null, how);
            return true;
        }
        return false;
    }

    private boolean range(Routers.Router router, String table, long from, long to) throws InterruptedException {
        boolean descending = random.nextInt(4) == 0;
        int limit = random.nextInt(3) == 0 ? 1 + random.nextInt(50) : 0;
        String path = "/v1/tables/" + table + "/rows?from=" + from + "&to=" + to
                + (descending ? "&descending=true" : "") + (limit == 0 ? "" : "&limit=" + limit);
        return range(model, router, table, path, from, to, descending);
    }

    /** Reads a whole table. Returns whether there was an answer. */
    static boolean all(RowModel model, Routers.Router router, String table) throws InterruptedException {
        return range(model, router, table, "/v1/tables/" + table + "/rows", 0, Long.MAX_VALUE, false);
    }

    private static boolean range(
            RowModel model, Routers.Router router, String table, String path, long from, long to, boolean descending)
            throws InterruptedException {
        RowModel.Asked asked = model.asking(table);
        Answer answer = router.client().send("GET", path, null, Map.of());
        if (answer.status() != 200 || !answer.body().path("complete").asBoolean()) {
            return false;
        }
        List<JsonNode> rows = rows(answer.body().path("rows"));
        long first = from;
        long last = to;
        if (answer.body().has("continuation") && !rows.isEmpty()) {
            long end = rows.getLast().path(TableShape.name(0)).asLong();
            first = descending ? end : from;
            last = descending ? to : end;
        }
        model.judgeRange(asked, first, last, descending, rows, path + " through " + router.pod());
        return true;
    }

    /** The same in the assignment's form. */
    private static boolean seed(RowModel model, Routers.Router router, String table, long from, long to)
            throws InterruptedException {
        ObjectNode question = JsonNodeFactory.instance.objectNode();
        question.putObject(TableShape.name(0)).put("low", from).put("high", to);
        RowModel.Asked asked = model.asking(table);
        RouterClient client = router.client();
        Answer answer = client.send("POST", "/read", question, Map.of());
        if (answer.status() != 200 || !answer.body().path("status").asText().equals("success")) {
            return false;
        }
        model.judgeRange(asked, from, to, false, rows(answer.body().path("data")), "/read through " + router.pod());
        return true;
    }

    private static List<JsonNode> rows(JsonNode array) {
        List<JsonNode> rows = new ArrayList<>();
        array.forEach(rows::add);
        return rows;
    }
}
