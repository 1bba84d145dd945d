package io.shardeddb.systemtests.documents;

import static io.shardeddb.systemtests.documents.Comparing.equal;
import static io.shardeddb.systemtests.documents.Comparing.is;
import static io.shardeddb.systemtests.documents.Comparing.refused;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.systemtests.documents.Exchange.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only client of its keys, which begin with a prefix of its own, and one of several that add to a counter. It draws
 * requests from a seed, and compares each answer with what it knows of its keys.
 */
final class ComparedKeys extends ComparedClient {

    /** The key of the counter that all clients add to. */
    static final String SHARED = "all";

    private static final int KEYS = 12;
    private static final int SHORT_SECONDS = 1;
    private static final int LONG_SECONDS = 600;

    /** By so much the time of a shard may differ from this process's. */
    private static final long TOLERANCE_MILLIS = 1_000;

    private static final int ENOUGH = 1_000;

    private final String path;
    private final String prefix;
    private final Random random;
    private final AtomicLong shared;
    private final TreeMap<String, Held> held = new TreeMap<>();

    /**
     * What a key holds.
     *
     * @param number of a counter; absent: it is a value
     * @param version for {@code If-Match}
     * @param expires in milliseconds since the epoch; 0: never
     */
    private record Held(String value, @Nullable Long number, String version, long expires) {

        String text() {
            return number == null ? value : number.toString();
        }
    }

    /** Whether a key is there, as far as a client can know. */
    private enum There {
        YES,
        NO,
        PERHAPS
    }

    /**
     * Sends nothing yet.
     *
     * @param shared what all clients together have added to the counter, by acknowledged requests
     * @param differences hears of the first difference
     */
    ComparedKeys(
            RouterClient router, String space, int client, long seed, AtomicLong shared, Consumer<String> differences) {
        super(router, space + ", client " + client + ", seed " + seed, differences);
        this.path = "/v1/kv/" + space;
        this.prefix = "c" + client + "/";
        this.random = new Random(seed + client);
        this.shared = shared;
    }

    @Override
    protected void step() throws InterruptedException {
        switch (random.nextInt(12)) {
            case 0, 1 -> put();
            case 2 -> get(key());
            case 3, 4 -> increment(key());
            case 5, 6 -> addToShared();
            case 7, 8 -> putSeveral();
            case 9 -> getSeveral();
            case 10 -> delete();
            default -> scan();
        }
    }

    private String key() {
        return prefix + random.nextInt(KEYS);
    }

    private There there(String key, long asked) {
        Held known = held.get(key);
        if (known == null) {
            return There.NO;
        }
        if (known.expires() == 0 || System.currentTimeMillis() < known.expires() - TOLERANCE_MILLIS) {
            return There.YES;
        }
        return asked > known.expires() + TOLERANCE_MILLIS ? There.NO : There.PERHAPS;
    }

    /** Whether the key was there, as the answer says, which must not be otherwise than known. */
    private boolean was(String key, long asked, boolean told) {
        There known = there(key, asked);
        if (known == (told ? There.NO : There.YES)) {
            throw new AssertionError(
                    key + (told ? " is there and must not be: " : " is not there and must be: ") + held.get(key));
        }
        if (!told) {
            held.remove(key);
        }
        return told;
    }

    private String query(int kind) {
        return kind == 0 ? "?ttlSeconds=" + SHORT_SECONDS : kind == 1 ? "?ttlSeconds=" + LONG_SECONDS : "";
    }

    private static long expires(Answered answer) {
        String millis = answer.answer().header("Expires-Millis");
        return millis.isEmpty() ? 0 : Long.parseLong(millis);
    }

    private void put() throws InterruptedException {
        String key = key();
        String value = "v" + random.nextInt();
        Held known = held.get(key);
        Map<String, String> condition = switch (random.nextInt(4)) {
            case 0 -> Map.of("If-None-Match", "*");
            case 1 -> Map.of("If-Match", known == null ? "*" : known.version());
            default -> Map.of();
        };
        long asked = System.currentTimeMillis();
        Answered answer = exchange.write("PUT", path + "/" + key + query(random.nextInt(6)), value, condition);
        if (condition.isEmpty()) {
            boolean created = answer.status() == 201;
            is(answer, created ? 201 : 200);
            // A version that a repeat tells is the first run's, but not whether it made the key.
            if (!answer.sentAgain()) {
                var _ = was(key, asked, !created);
            }
        } else {
            boolean mustBeThere = condition.containsKey("If-Match");
            boolean done = answer.status() != 412;
            is(answer, done ? mustBeThere ? 200 : 201 : 412);
            var _ = was(key, asked, mustBeThere == done);
            if (!done) {
                return;
            }
        }
        held.put(key, new Held(value, null, answer.answer().header("ETag"), expires(answer)));
    }

    private void get(String key) throws InterruptedException {
        long asked = System.currentTimeMillis();
        Answered answer = exchange.read("GET", path + "/" + key, Map.of());
        if (answer.status() == 404) {
            refused(answer, 404, "KEY_NOT_FOUND");
        } else {
            is(answer, 200);
        }
        Held known = held.get(key);
        if (was(key, asked, answer.status() == 200) && known != null) {
            equal(known.text(), answer.text(), key);
            equal(known.version(), answer.answer().header("ETag"), "the version of " + key);
        }
    }

    private void increment(String key) throws InterruptedException {
        long by = random.nextInt(9) - 2L;
        Held known = held.get(key);
        long asked = System.currentTimeMillis();
        Answered answer = exchange.write("POST", path + "/" + key + "/increment", Map.of("by", by));
        if (answer.status() == 409) {
            refused(answer, 409, "NOT_A_COUNTER");
            var _ = was(key, asked, true);
            equal("a value", known != null && known.number() == null ? "a value" : "a counter", key);
            return;
        }
        is(answer, 200);
        long sum = answer.body().path("value").asLong();
        Long before = known == null ? null : known.number();
        There there = there(key, asked);
        boolean wentOn = there != There.NO && before != null && sum == before + by;
        boolean began = there != There.YES && sum == by;
        if (!wentOn && !began) {
            throw new AssertionError("%s of %s and %d is %d".formatted(key, known, by, sum));
        }
        held.put(key, new Held("", sum, answer.answer().header("ETag"), expires(answer)));
    }

    private void addToShared() throws InterruptedException {
        is(exchange.write("POST", path + "/" + SHARED + "/increment", Map.of()), 200);
        shared.incrementAndGet();
    }

    /** All or none, over several shards; now and then under a condition of one of the keys. */
    private void putSeveral() throws InterruptedException {
        TreeSet<String> keys = new TreeSet<>();
        for (int i = 1 + random.nextInt(4); i >= 0; i--) {
            keys.add(key());
        }
        String value = "m" + random.nextInt();
        List<Map<String, Object>> entries = new ArrayList<>();
        keys.forEach(key -> entries.add(Map.of("key", key, "value", value)));
        String judged = random.nextInt(3) == 0 ? keys.first() : null;
        if (judged != null) {
            entries.set(0, Map.of("key", judged, "value", value, "if", Map.of("absent", true)));
        }
        long asked = System.currentTimeMillis();
        Answered answer = exchange.write("POST", path + "/put", Map.of("entries", entries));
        if (judged != null) {
            is(answer, answer.status() == 412 ? 412 : 200);
            var _ = was(judged, asked, answer.status() == 412);
        } else {
            is(answer, 200);
        }
        if (answer.status() == 200) {
            String version = "\"" + answer.body().path("timestamp").asText() + "\"";
            keys.forEach(key -> held.put(key, new Held(value, null, version, 0)));
        }
    }

    private void getSeveral() throws InterruptedException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add(prefix + i);
        }
        long asked = System.currentTimeMillis();
        Answered answer = exchange.read("POST", path + "/get", Map.of("keys", keys));
        is(answer, 200);
        for (int i = 0; i < KEYS; i++) {
            JsonNode entry = answer.body().path("entries").path(i);
            Held known = held.get(keys.get(i));
            if (was(keys.get(i), asked, !entry.isNull()) && known != null) {
                sameEntry(keys.get(i), known, entry);
            }
        }
    }

    private static void sameEntry(String key, Held known, JsonNode entry) {
        equal(key, entry.path("key").asText(), "the key");
        equal(known.text(), (known.number() == null ? entry.path("value") : entry.path("number")).asText(), key);
        equal(known.version(), "\"" + entry.path("version").asText() + "\"", "the version of " + key);
    }

    private void delete() throws InterruptedException {
        String key = key();
        long asked = System.currentTimeMillis();
        Answered answer = exchange.write("DELETE", path + "/" + key, "", Map.of());
        is(answer, answer.status() == 404 ? 404 : 200);
        var _ = was(key, asked, answer.status() == 200);
        held.remove(key);
    }

    private void scan() throws InterruptedException {
        TreeMap<String, JsonNode> found = new TreeMap<>();
        String continuation = "";
        long asked = System.currentTimeMillis();
        do {
            Answered answer = exchange.read(
                    "GET", path + "?limit=5&prefix=" + prefix.replace("/", "%2F") + continuation, Map.of());
            is(answer, 200);
            String last = "";
            for (JsonNode entry : answer.body().path("entries")) {
                String key = entry.path("key").asText();
                if (key.compareTo(last) <= 0 || found.put(key, entry) != null) {
                    throw new AssertionError(key + " comes after " + last + ": " + answer.text());
                }
                last = key;
            }
            JsonNode next = answer.body().path("continuation");
            continuation = next.isMissingNode() ? "" : "&continuation=" + RouterClient.encoded(next.asText());
        } while (!continuation.isEmpty() && found.size() < ENOUGH);
        TreeSet<String> all = new TreeSet<>(held.keySet());
        all.addAll(found.keySet());
        for (String key : all) {
            JsonNode entry = found.get(key);
            Held known = held.get(key);
            if (was(key, asked, entry != null) && known != null && entry != null) {
                sameEntry(key, known, entry);
            }
        }
    }
}
