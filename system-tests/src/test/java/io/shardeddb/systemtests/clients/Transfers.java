package io.shardeddb.systemtests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Accounts, and clients that move money between them. It knows what each balance must be. */
public final class Transfers {

    private static final int ACCOUNTS = 40;
    private static final long FIRST_BALANCE = 100;
    private static final int TOO_FEW = 409;
    private static final int NOTHING_DONE = 503;
    private static final int UNKNOWN = 504;
    /** So long a transfer is repeated under its id until it is answered. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(20);

    private final String endpoint;
    private final long seed;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<Long, AtomicLong> expected = new ConcurrentHashMap<>();
    private final AtomicLong done = new AtomicLong();

    public Transfers(String endpoint, long seed) {
        this.endpoint = endpoint;
        this.seed = seed;
    }

    /** Makes the accounts, over all shards at once. */
    public void open() throws IOException, InterruptedException {
        StringBuilder rows = new StringBuilder("[");
        for (long id = 0; id < ACCOUNTS; id++) {
            rows.append(id == 0 ? "" : ",").append("{\"id\":%d,\"balance\":%d}".formatted(id, FIRST_BALANCE));
            expected.put(id, new AtomicLong(FIRST_BALANCE));
        }
        HttpResponse<String> answer =
                send("PUT", "/v1/tables/accounts/rows", rows.append("]").toString(), "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** One client; what goes wrong is told to the threads. */
    public ClientThreads.Client client(int number, ClientThreads threads) {
        Random random = new Random(seed + number);
        AtomicLong requests = new AtomicLong();
        return () -> {
            long from = random.nextInt(ACCOUNTS);
            long to = (from + 1L + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
            long amount = 1L + random.nextInt(9);
            String id = "client-%d-%d/%d/%d"
                    .formatted(seed, number, requests.incrementAndGet(), System.currentTimeMillis());
            String failure = transfer(id, from, to, amount);
            if (!failure.isEmpty()) {
                threads.failed(failure);
            }
        };
    }

    /** Repeats a transfer under its id until it is known what happened; then that is exact. */
    private String transfer(String id, long from, long to, long amount) throws InterruptedException {
        String body = """
            {"operations":[{"update":{"id":%d},"set":{"balance":{"add":%d,"min":0}}},
             {"update":{"id":%d},"set":{"balance":{"add":%d}}}]}""".formatted(from, -amount, to, amount);
        long end = System.nanoTime() + LONGEST.toNanos();
        String last = "";
        while (System.nanoTime() < end) {
            try {
                HttpResponse<String> answer = send("POST", "/v1/tables/accounts/batch", body, id);
                last = answer.statusCode() + " " + answer.body();
                if (answer.statusCode() == 200) {
                    account(from).addAndGet(-amount);
                    account(to).addAndGet(amount);
                    done.incrementAndGet();
                    return "";
                }
                if (answer.statusCode() == TOO_FEW) {
                    return last.contains("OUT_OF_BOUNDS") ? "" : id + ": " + last;
                }
                if (answer.statusCode() != NOTHING_DONE && answer.statusCode() != UNKNOWN) {
                    return id + ": " + last;
                }
            } catch (IOException e) {
                last = e.toString();
            }
            Thread.sleep(50);
        }
        return id + " was not answered for " + LONGEST + ": " + last;
    }

    private AtomicLong account(long id) {
        return expected.computeIfAbsent(id, key -> new AtomicLong());
    }

    /** How many transfers were done. */
    public long done() {
        return done.get();
    }

    /** What each account must have. */
    public Map<Long, Long> expected() {
        Map<Long, Long> balances = new TreeMap<>();
        expected.forEach((id, balance) -> balances.put(id, balance.get()));
        return balances;
    }

    /** What each account has. */
    public Map<Long, Long> balances() throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", "/v1/tables/accounts/rows?limit=1000", "", "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Map<Long, Long> balances = new TreeMap<>();
        for (JsonNode row : json.readTree(answer.body()).path("rows")) {
            balances.put(row.path("id").asLong(), row.path("balance").asLong());
        }
        return balances;
    }

    /** Changes every account, so that a row that is locked for ever would show itself. */
    public void touchAll() throws IOException, InterruptedException {
        for (long id = 0; id < ACCOUNTS; id++) {
            HttpResponse<String> answer = send("PATCH", "/v1/tables/accounts/rows/" + id, "{\"balance\":7}", "");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    private HttpResponse<String> send(String method, String path, String body, String id)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(LONGEST_REQUEST)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!id.isEmpty()) {
            request.header("Request-Id", id);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
