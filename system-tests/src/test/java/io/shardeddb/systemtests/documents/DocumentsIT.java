package io.shardeddb.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.systemtests.RunningCluster;
import io.shardeddb.systemtests.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Documents and keys with values in a whole database: nothing that several clients add at the same time is lost. */
@ExtendWith(SharedCluster.class)
final class DocumentsIT {

    private static final String DATABASE = "documents";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int CLIENTS = 8;
    private static final int EACH = 15;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RequestIds ids = RequestIds.fresh();

    @Test
    void clientsThatAddAtTheSameTimeLoseNothing(RunningCluster shared, @TempDir Path folder)
            throws IOException, InterruptedException {
        try {
            shared.add(Files.writeString(folder.resolve("documents.yaml"), definition()));
            try (RouterClient router = new RouterClient(shared.endpoint(DATABASE))) {
                documents(router);
                keys(router);
            }
        } finally {
            assertThat(shared.sdb("remove", DATABASE)).isEqualTo(ExitCode.OK);
        }
    }

    /** The database of the examples, with a key-value space. */
    private static String definition() throws IOException {
        String example = Files.readString(Repository.find().example("documents/database.yaml"));
        String both = example.replace("  collections:\n", "  keyValueSpaces:\n    - name: sessions\n  collections:\n");
        assertThat(both).isNotEqualTo(example);
        return both;
    }

    private JsonNode done(RouterClient router, String path, String body) {
        try {
            Answer answer = router.sendUntil("POST", path, JSON.readTree(body), ids.next(), SOON);
            assertThat(answer.succeeded())
                    .as("%s %s: %s", path, body, answer.text())
                    .isTrue();
            return answer.body();
        } catch (IOException e) {
            throw new IllegalArgumentException(body, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the test is stopped", e);
        }
    }

    private static void together(Runnable work) {
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < EACH; i++) {
                                work.run();
                            }
                        },
                        threads));
            }
            all.forEach(CompletableFuture::join);
        }
    }

    private void documents(RouterClient router) {
        String people = "/v1/collections/people";
        done(router, people, "[{\"_id\":\"ada\",\"n\":0},{\"_id\":\"grace\",\"born\":1906},{\"_id\":7,\"born\":1912}]");
        together(() -> done(
                router,
                people + "/update",
                "{\"filter\":{\"_id\":\"ada\"},\"update\":"
                        + "{\"$inc\":{\"n\":1},\"$push\":{\"seen\":\"\uD83D\uDE00\"}}}"));
        JsonNode ada = done(router, people + "/find", "{\"filter\":{\"n\":{\"$gt\":0}}}")
                .path("documents")
                .path(0);
        assertThat(ada.path("n").asInt()).isEqualTo(CLIENTS * EACH);
        assertThat(ada.path("seen")).hasSize(CLIENTS * EACH);
        assertThat(done(router, people + "/find", "{\"filter\":{\"born\":{\"$exists\":true}},\"sort\":{\"born\":-1}}")
                        .path("documents")
                        .findValuesAsText("_id"))
                .containsExactly("7", "grace");
        assertThat(done(router, people + "/aggregate", "{\"pipeline\":[{\"$count\":\"all\"}]}")
                        .path("documents")
                        .path(0)
                        .path("all")
                        .asInt())
                .isEqualTo(3);
        // Nobody declared this collection.
        done(router, "/v1/collections/made_on_first_use", "{\"_id\":1}");
        assertThat(done(router, "/v1/collections/made_on_first_use/count", "{}")
                        .path("count")
                        .asInt())
                .isEqualTo(1);
    }

    private void keys(RouterClient router) {
        String space = "/v1/kv/sessions";
        together(() -> done(router, space + "/hits/increment", "{\"by\":1}"));
        assertThat(done(router, space + "/hits/increment", "{\"by\":0}")
                        .path("value")
                        .asInt())
                .isEqualTo(CLIENTS * EACH);
        done(router, space + "/put", "{\"entries\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"2\"}]}");
        assertThat(done(router, space + "/get", "{\"keys\":[\"a\",\"b\",\"c\"]}")
                        .path("entries")
                        .findValuesAsText("value"))
                .containsExactlyInAnyOrder("1", "2");
    }
}
