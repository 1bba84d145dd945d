package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transactions of several requests, over all shards of a whole database: what each level allows and refuses. */
@ExtendWith(SharedCluster.class)
final class InteractiveTransactionsIT {

    private static final String DATABASE = LoadedDatabase.STUDENTS;
    private static final String ROWS = "/tables/StudT/rows";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(60);

    /** One key of each shard. */
    private static final long[] KEYS = {17, 4_117, 8_217, 12_317};

    private RouterClient router;

    @BeforeEach
    void putRows(RunningCluster shared) throws InterruptedException {
        router = new RouterClient(shared.endpoint(DATABASE));
        removeAll();
        for (long key : KEYS) {
            done(send("PUT", "/v1" + ROWS, row(key, 100)));
        }
    }

    @AfterEach
    void removeRows() throws InterruptedException {
        removeAll();
        router.close();
    }

    /** Other suites leave rows behind. */
    private void removeAll() throws InterruptedException {
        ObjectNode batch = JSON.createObjectNode();
        ArrayNode operations = batch.putArray("operations");
        done(send("GET", "/v1" + ROWS + "?columns=Stud_id", null))
                .path("rows")
                .forEach(row -> operations.addObject().set("delete", row));
        done(send("POST", "/v1/tables/StudT/batch", batch.toString()));
    }

    private static String row(long key, long marks) {
        return "{\"Stud_id\":%d,\"Stud_name\":\"t\",\"Stud_marks\":%d}".formatted(key, marks);
    }

    private static Answer send(RouterClient to, String method, String path, @Nullable String body)
            throws InterruptedException {
        try {
            return to.send(method, path, body == null ? null : JSON.readTree(body), Map.of());
        } catch (IOException e) {
            throw new IllegalArgumentException(body, e);
        }
    }

    private Answer send(String method, String path, @Nullable String body) throws InterruptedException {
        return send(router, method, path, body);
    }

    private static JsonNode done(Answer answer) {
        assertThat(answer.succeeded()).as(answer.text()).isTrue();
        return answer.body();
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.body().path("code").asText()).isEqualTo(code);
    }

    /** A transaction that was begun. */
    private final class Transaction {
        private final String path;

        Transaction(String how) throws InterruptedException {
            path = "/v1/transactions/"
                    + done(send("POST", "/v1/transactions", how)).path("id").asText();
        }

        long marks(long key) throws InterruptedException {
            return done(send("GET", path + ROWS + "/" + key, null))
                    .path("Stud_marks")
                    .asLong();
        }

        List<Long> marks(long from, long to) throws InterruptedException {
            List<Long> marks = new ArrayList<>();
            done(send("GET", path + ROWS + "?from=" + from + "&to=" + to, null))
                    .path("rows")
                    .forEach(row -> marks.add(row.path("Stud_marks").asLong()));
            return marks;
        }

        void set(long key, long marks) throws InterruptedException {
            done(send("PATCH", path + ROWS + "/" + key, "{\"Stud_marks\":" + marks + "}"));
        }

        String state() {
            try {
                return done(send("GET", path, null)).path("state").asText();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        Answer commit() throws InterruptedException {
            return send("POST", path + "/commit", null);
        }
    }

    private long marksNow(long key) throws InterruptedException {
        return done(send("GET", "/v1" + ROWS + "/" + key, null))
                .path("Stud_marks")
                .asLong();
    }

    private void setNow(long key, long marks) throws InterruptedException {
        done(send("PATCH", "/v1" + ROWS + "/" + key, "{\"Stud_marks\":" + marks + "}"));
    }

    @Test
    void readsOfOneMomentWhateverOthersWrite() throws InterruptedException {
        Transaction reader = new Transaction("{\"readOnly\":true}");
        assertThat(reader.marks(KEYS[0])).isEqualTo(100);
        for (long key : KEYS) {
            setNow(key, 200);
        }
        // Two requests on their own see two moments.
        assertThat(marksNow(KEYS[1])).isEqualTo(200);
        assertThat(reader.marks(KEYS[1])).isEqualTo(100);
        assertThat(reader.marks(KEYS[0], KEYS[3])).containsOnly(100L).hasSize(4);
        assertThat(done(reader.commit()).path("affected").asInt()).isZero();
        assertThat(new Transaction("{}").marks(KEYS[3])).isEqualTo(200);
    }

    @Test
    void seesItsOwnWritesAndNobodyElseDoesBeforeTheCommit() throws InterruptedException {
        Transaction writer = new Transaction("{\"level\":\"serializable\"}");
        long added = KEYS[1] + 1;
        done(send("POST", writer.path + "/batch", """
                {"operations":[
                  {"table":"StudT","update":{"Stud_id":%d},"set":{"Stud_marks":{"add":5}}},
                  {"table":"StudT","insert":%s},
                  {"table":"StudT","delete":{"Stud_id":%d}}]}
                """.formatted(KEYS[0], row(added, 7), KEYS[2])));
        assertThat(writer.marks(KEYS[0], KEYS[3])).containsExactly(105L, 100L, 7L, 100L);
        assertThat(marksNow(KEYS[0])).isEqualTo(100);
        refused(send("POST", writer.path + ROWS, row(added, 8)), 409, "DUPLICATE_KEY");
        refused(send("GET", writer.path + ROWS + "/" + KEYS[2], null), 404, "ROW_NOT_FOUND");

        JsonNode committed = done(writer.commit());
        assertThat(committed.path("affected").asInt()).isEqualTo(3);
        assertThat(done(writer.commit())).isEqualTo(committed);
        assertThat(marksNow(KEYS[0])).isEqualTo(105);
        assertThat(marksNow(added)).isEqualTo(7);
        refused(send("GET", "/v1" + ROWS + "/" + KEYS[2], null), 404, "ROW_NOT_FOUND");
        refused(send("GET", writer.path + ROWS + "/" + KEYS[0], null), 409, "TRANSACTION_ENDED");
        done(send("DELETE", "/v1" + ROWS + "/" + added, null));
    }

    @Test
    void theFirstCommitterWins() throws InterruptedException {
        for (String level : List.of("snapshot", "serializable")) {
            Transaction one = new Transaction("{\"level\":\"" + level + "\"}");
            Transaction other = new Transaction("{\"level\":\"" + level + "\"}");
            for (Transaction each : List.of(one, other)) {
                each.set(KEYS[0], each.marks(KEYS[0]) + 1);
                each.set(KEYS[3], each.marks(KEYS[3]) + 1);
            }
            done(other.commit());
            refused(one.commit(), 409, "TRANSACTION_CONFLICT");
            refused(one.commit(), 409, "TRANSACTION_CONFLICT");
        }
        assertThat(marksNow(KEYS[0])).isEqualTo(102);
        assertThat(marksNow(KEYS[3])).isEqualTo(102);
    }

    @Test
    void writeSkewIsForSnapshotsAlone() throws InterruptedException {
        for (String level : List.of("snapshot", "serializable")) {
            Transaction one = new Transaction("{\"level\":\"" + level + "\"}");
            Transaction other = new Transaction("{\"level\":\"" + level + "\"}");
            // Each writes in a shard what it depends on in another one.
            one.set(KEYS[0], one.marks(KEYS[2]) + 1);
            other.set(KEYS[2], other.marks(KEYS[0]) + 1);
            done(one.commit());
            if (level.equals("snapshot")) {
                done(other.commit());
            } else {
                refused(other.commit(), 409, "TRANSACTION_CONFLICT");
            }
        }
    }

    @Test
    void aRangeThatWasReadMustStay() throws InterruptedException {
        long added = KEYS[1] + 1;
        for (String level : List.of("snapshot", "serializable")) {
            Transaction reader = new Transaction("{\"level\":\"" + level + "\"}");
            assertThat(reader.marks(KEYS[1], KEYS[1] + 100)).hasSize(1);
            reader.set(KEYS[3], 1);
            done(send("POST", "/v1" + ROWS, row(added, 1)));
            if (level.equals("snapshot")) {
                done(reader.commit());
            } else {
                refused(reader.commit(), 409, "TRANSACTION_CONFLICT");
            }
            done(send("DELETE", "/v1" + ROWS + "/" + added, null));
        }
        // That it came and went is seen too, but not of a range that was not read.
        Transaction other = new Transaction("{\"level\":\"serializable\"}");
        assertThat(other.marks(KEYS[0], KEYS[1])).hasSize(2);
        other.set(KEYS[3], 2);
        done(send("POST", "/v1" + ROWS, row(added, 1)));
        done(other.commit());
        done(send("DELETE", "/v1" + ROWS + "/" + added, null));
    }

    @Test
    void whatItCannotDoIsToldAndChangesNothing() throws InterruptedException {
        refused(send("GET", "/v1/transactions/nothing", null), 404, "TRANSACTION_NOT_FOUND");
        refused(send("POST", "/v1/transactions/nothing/commit", null), 404, "TRANSACTION_NOT_FOUND");
        refused(send("PUT", "/v1/transactions", "{}"), 405, "METHOD_NOT_ALLOWED");
        refused(send("POST", "/v1/transactions", "{\"level\":\"dirty\"}"), 400, "MALFORMED_REQUEST");
        Transaction reader = new Transaction("{\"readOnly\":true}");
        refused(send("DELETE", reader.path + ROWS + "/" + KEYS[0], null), 400, "MALFORMED_REQUEST");
        refused(send("GET", reader.path + "/tables/Nothing/rows", null), 404, "UNKNOWN_TABLE");
        Transaction writer = new Transaction("{}");
        String alone = "{\"operations\":[{\"delete\":{\"Stud_id\":17}}],\"each\":\"alone\"}";
        refused(send("POST", writer.path + "/tables/StudT/batch", alone), 400, "MALFORMED_REQUEST");
        writer.set(KEYS[0], 1);
        done(send("DELETE", writer.path, null));
        refused(writer.commit(), 409, "TRANSACTION_ENDED");
        assertThat(done(send("GET", writer.path, null)).path("state").asText()).isEqualTo("aborted");
        assertThat(marksNow(KEYS[0])).isEqualTo(100);
        refused(send("POST", "/v1" + ROWS, row(KEYS[0], 1)), 409, "DUPLICATE_KEY");
    }

    @Test
    void itEndsWhenNobodyUsesIt() throws InterruptedException {
        Transaction idle = new Transaction("{\"idleSeconds\":1}");
        idle.set(KEYS[0], 1);
        // To ask how it stands is no use of it.
        RunningCluster.await("the transaction is given up", SOON, () -> {
            String state = idle.state();
            return state.equals("aborted") ? List.of() : List.of(state);
        });
        Answer commit = idle.commit();
        refused(commit, 409, "TRANSACTION_ENDED");
        assertThat(commit.text()).contains("no request came for 1 s");
        assertThat(marksNow(KEYS[0])).isEqualTo(100);
    }

    @Test
    void anyRouterTakesItsRequests(RunningCluster shared) throws IOException, InterruptedException {
        routers(shared, 2);
        List<RouterClient> routers = shared.routers(DATABASE).stream()
                .map(pod -> new RouterClient("http://" + pod.getStatus().getPodIP() + ":5000"))
                .toList();
        try {
            String path = "/v1/transactions/"
                    + done(send(routers.getFirst(), "POST", "/v1/transactions", "{}"))
                            .path("id")
                            .asText();
            done(send(routers.getLast(), "PATCH", path + ROWS + "/" + KEYS[0], "{\"Stud_marks\":1}"));
            assertThat(done(send(routers.getFirst(), "GET", path + ROWS + "/" + KEYS[0], null))
                            .path("Stud_marks")
                            .asLong())
                    .isEqualTo(1);
            refused(send(routers.getLast(), "POST", path + ROWS, row(KEYS[1], 1)), 409, "DUPLICATE_KEY");
            done(send(routers.getLast(), "POST", path + "/commit", null));
            assertThat(marksNow(KEYS[0])).isEqualTo(1);
        } finally {
            routers.forEach(RouterClient::close);
            routers(shared, 1);
        }
    }

    private static void routers(RunningCluster shared, int count) throws IOException, InterruptedException {
        shared.cluster()
                .api()
                .merge(
                        KnownKinds.DATABASE.path(shared.cluster().namespace(), DATABASE),
                        JSON.readTree("{\"spec\":{\"router\":{\"replicas\":%d}}}".formatted(count)));
        RunningCluster.await(count + " routers are ready", SOON, () -> {
            List<Pod> pods = shared.routers(DATABASE);
            return pods.size() == count && pods.stream().allMatch(RunningCluster::isReady)
                    ? List.of()
                    : List.of(pods.size() + " routers");
        });
    }
}
