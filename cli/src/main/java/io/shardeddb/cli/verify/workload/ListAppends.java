package io.shardeddb.cli.verify.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.verify.check.Anomaly;
import io.shardeddb.cli.verify.check.Append;
import io.shardeddb.cli.verify.check.AppendChecker;
import io.shardeddb.cli.verify.check.ListRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Numbers are appended to lists, to one or several at once. A list shows in which order its writes happened, so what
 * was read tells of many anomalies. Lists that have become long are left, and new ones begun. When many steps were
 * taken, all lists are left and judged.
 */
final class ListAppends implements Workload {

    private static final String TABLE = "verify_lists";
    private static final int LISTS = 6;
    private static final long APPENDS_OF_A_LIST = 120;

    private final long first;
    private final AtomicLong next = new AtomicLong(1);
    private final Queue<Append> appends = new ConcurrentLinkedQueue<>();
    private final Queue<ListRead> reads = new ConcurrentLinkedQueue<>();
    private final Set<Long> used = new ConcurrentSkipListSet<>();
    private final AtomicInteger steps = new AtomicInteger();
    private final SortedMap<Long, Left> left = new TreeMap<>();

    ListAppends(long first) {
        this.first = first;
    }

    @Override
    public void prepare(VerifyClient client) throws InterruptedException {
        Prepared.require(
                client.settle("POST", "/v1/tables/verify_lists/batch", body(Map.of(first, 0L)), client.newId()));
    }

    private static ObjectNode body(Map<Long, Long> elements) {
        ObjectNode body = Json.object();
        ArrayNode operations = body.putArray("operations");
        elements.forEach((key, number) -> {
            ObjectNode operation = operations.addObject();
            operation.putObject("upsert").put("id", key).putArray("items").add(number);
            operation.putObject("set").putObject("items").put("append", number);
        });
        return body;
    }

    private long anyList(VerifyClient client) {
        return first
                + 1
                + next.get() / APPENDS_OF_A_LIST / LISTS * LISTS
                + client.random().nextInt(LISTS);
    }

    @Override
    public void step(VerifyClient client) throws InterruptedException {
        steps.incrementAndGet();
        switch (client.random().nextInt(6)) {
            case 0, 1 -> {
                long key = anyList(client);
                read(client, key).ifPresent(reads::add);
            }
            case 2 -> transact(client, "snapshot");
            case 3 -> transact(client, "serializable");
            default -> append(client);
        }
    }

    private void append(VerifyClient client) throws InterruptedException {
        Map<Long, Long> elements = anyElements(client);
        VerifyClient.Write write = client.write("POST", "/v1/tables/verify_lists/batch", body(elements));
        appends.add(new Append(client.number(), write.span(), write.outcome(), elements));
    }

    /**
     * Reads some lists in a transaction, and appends to some. What it reads is of one moment, committed or not. A
     * serializable one could have read it when it was committed too.
     */
    private void transact(VerifyClient client, String level) throws InterruptedException {
        Map<Long, Long> elements = anyElements(client);
        Map<Long, List<Long>> seen = new HashMap<>();
        Optional<VerifyClient.Write> end = client.transaction(level, transaction -> {
            for (int i = 1 + client.random().nextInt(3); i > 0; i--) {
                long key = anyList(client);
                Optional<VerifyClient.Read> read = transaction.read(TABLE, key);
                if (read.isEmpty()) {
                    return false;
                }
                seen.put(key, read.get().row().map(ListAppends::items).orElse(List.of()));
            }
            appends.add(Append.snapshot(client.number(), transaction.begin(), seen));
            return transaction.write(TABLE, body(elements));
        });
        end.ifPresent(write -> appends.add(new Append(
                client.number(),
                write.span(),
                write.outcome(),
                elements,
                level.equals("serializable") ? seen : Map.of())));
    }

    private Map<Long, Long> anyElements(VerifyClient client) {
        Map<Long, Long> elements = new LinkedHashMap<>();
        int lists = 1 + client.random().nextInt(3);
        while (elements.size() < lists) {
            elements.putIfAbsent(anyList(client), next.getAndIncrement());
        }
        used.addAll(elements.keySet());
        return elements;
    }

    private static Optional<ListRead> read(VerifyClient client, long key) throws InterruptedException {
        return client.read(TABLE, key)
                .map(read -> new ListRead(
                        client.number(),
                        read.span(),
                        key,
                        read.row().map(ListAppends::items).orElse(List.of())));
    }

    private static List<Long> items(JsonNode row) {
        List<Long> items = new ArrayList<>();
        row.path("items").forEach(item -> items.add(item.asLong()));
        return items;
    }

    @Override
    public int remembered() {
        return steps.get();
    }

    @Override
    public List<Anomaly> judgePart(VerifyClient client) throws InterruptedException {
        List<ListRead> last = LastReads.of(TABLE, new TreeSet<>(used), key -> read(client, key), said -> {});
        reads.addAll(last);
        List<Anomaly> anomalies = AppendChecker.check(List.copyOf(appends), List.copyOf(reads));
        last.forEach(read -> left.put(read.key(), Left.of(read.elements())));
        appends.clear();
        reads.clear();
        used.clear();
        steps.set(0);
        next.updateAndGet(number -> (number / (APPENDS_OF_A_LIST * LISTS) + 1) * APPENDS_OF_A_LIST * LISTS);
        return anomalies;
    }

    @Override
    public List<Anomaly> judge(VerifyClient client, Consumer<String> said) throws InterruptedException {
        List<Anomaly> anomalies = new ArrayList<>(judgePart(client));
        for (ListRead read : LastReads.of(TABLE, left.keySet(), key -> read(client, key), said)) {
            Left before = Objects.requireNonNull(left.get(read.key()));
            if (!before.isStillIn(read.elements())) {
                anomalies.add(new Anomaly(
                        "a list only grows",
                        List.of("list " + read.key() + " had " + before.size()
                                + " elements when its clients left it; at the end it has " + read.elements())));
            }
        }
        return anomalies;
    }

    /** What a list held when its clients had left it. A write of unknown outcome may still make it longer. */
    private record Left(int size, int hash) {
        static Left of(List<Long> elements) {
            return new Left(elements.size(), elements.hashCode());
        }

        boolean isStillIn(List<Long> elements) {
            return elements.size() >= size && of(elements.subList(0, size)).equals(this);
        }
    }
}
