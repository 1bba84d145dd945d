package io.shardeddb.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Several clients add to one document and to one counter at the same time: nothing is lost. */
final class Additions {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int CLIENTS = 8;
    private static final int EACH = 15;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RouterClient router;
    private final RequestIds ids = RequestIds.fresh();

    private Additions(RouterClient router) {
        this.router = router;
    }

    static void toADocumentAndACounter(RouterClient router) {
        Additions additions = new Additions(router);
        additions.toADocument();
        additions.toACounter();
    }

    private JsonNode done(String path, String body) {
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

    private void toADocument() {
        String added = "/v1/collections/added";
        done(added, "{\"_id\":\"ada\",\"n\":0}");
        together(() -> done(
                added + "/update",
                "{\"filter\":{\"_id\":\"ada\"},\"update\":"
                        + "{\"$inc\":{\"n\":1},\"$push\":{\"seen\":\"\uD83D\uDE00\"}}}"));
        JsonNode ada = done(added + "/find", "{\"filter\":{\"n\":{\"$gt\":0}}}")
                .path("documents")
                .path(0);
        assertThat(ada.path("n").asInt()).isEqualTo(CLIENTS * EACH);
        assertThat(ada.path("seen")).hasSize(CLIENTS * EACH);
    }

    private void toACounter() {
        String hits = "/v1/kv/sessions/hits/increment";
        together(() -> done(hits, "{\"by\":1}"));
        assertThat(done(hits, "{\"by\":0}").path("value").asInt()).isEqualTo(CLIENTS * EACH);
    }
}
