package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.shardeddb.crds.Administration;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeDatabaseApi;
import io.shardeddb.router.forward.LeaderWatch;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may reshape the database through the router. */
final class AdministrationTest {

    private static final String TOKEN = "5f".repeat(32);
    private static final String MORE = "{\"n\":1,\"new_shards\":[],\"servers\":{\"Server7\":[\"sh1\"]}}";

    @TempDir
    private Path folder;

    private final FakeCluster cluster = FakeCluster.students(1);
    private final FakeDatabaseApi api = new FakeDatabaseApi("""
        {"apiVersion": "shardeddb.io/v1alpha1", "kind": "ShardedDatabase",
         "metadata": {"name": "db", "namespace": "test", "generation": 3, "resourceVersion": "17"},
         "spec": {"shards": [{"name": "sh1", "low": 0, "size": 4096}], "servers": {"count": 3, "later": "kept"}}}
        """);
    private Path token = Path.of("none");

    @BeforeEach
    void writeTheToken() throws IOException {
        token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    }

    @AfterEach
    void stop() {
        api.close();
        cluster.close();
    }

    private RouterUnderTest router(Administration administration) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(api.address())
                .withRequestRetryBackoffLimit(0)
                .build();
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        RouterUnderTest router =
                new RouterUnderTest(RouterUnderTest.settings(Duration.ofSeconds(5), administration, token), client);
        router.topology().publish(cluster.topology(1));
        router.bean(LeaderWatch.class).start();
        return router;
    }

    @ParameterizedTest
    @CsvSource({"POST, /init", "POST, /add", "DELETE, /rm", "POST, /rm"})
    void refusesWhatReshapesTheDatabaseWithoutTheToken(String method, String path) {
        try (RouterUnderTest router = router(Administration.Token)) {
            HttpResponse<String> refused = router.send(method, path, MORE);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(refused.body())
                    .contains("\"code\":\"UNAUTHENTICATED\"", "\"status\":\"failure\"")
                    .contains("kubectl get secret db-administration -n test -o jsonpath='{.data.token}' | base64 -d");
            assertThat(api.requests()).as("requests to Kubernetes").isEmpty();
        }
    }

    /** Collections are declared in the database's object too. */
    @ParameterizedTest
    @CsvSource({"POST, /v1/collections", "DELETE, /v1/collections/people"})
    void refusesToMakeAndToDropCollectionsWithoutTheToken(String method, String path) {
        try (RouterUnderTest router = router(Administration.Token)) {
            HttpResponse<String> refused = router.send(method, path, "{\"name\":\"people\"}");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(refused.body())
                    .contains("\"code\":\"UNAUTHENTICATED\"", "kubectl get secret db-administration -n test");
            assertThat(api.requests()).as("requests to Kubernetes").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer 5f5f5f5f5f5f5f5f5f", "Bearer ", "Bearer", "Basic " + "5f5f5f5f", "5f5f5f5f"})
    void refusesAnotherToken(String header) {
        try (RouterUnderTest router = router(Administration.Token)) {
            HttpResponse<String> refused = router.send("POST", "/add", MORE, "Authorization", header);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).doesNotContain(TOKEN);
            assertThat(api.requests()).isEmpty();
        }
    }

    /** The right token lets an edit through, which writes no other field than those of /add. */
    @Test
    void letsTheTokenThroughAndChangesOnlyWhatWasAsked() {
        try (RouterUnderTest router = router(Administration.Token)) {
            api.answerTheFirstPatchWith(409);
            HttpResponse<String> accepted = router.send("POST", "/add", MORE, "Authorization", "bearer " + TOKEN);
            assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
            assertThat(api.patches()).hasSize(2).allSatisfy(patch -> {
                assertThat(patch.path("metadata").toString()).isEqualTo("{\"resourceVersion\":\"17\"}");
                assertThat(patch.path("spec").fieldNames())
                        .toIterable()
                        .containsExactlyInAnyOrder("tables", "shards", "servers");
                assertThat(patch.at("/spec/servers").toString())
                        .contains("\"named\":[{\"name\":\"Server7\",\"shards\":[\"sh1\"]}]");
                assertThat(patch.at("/spec/servers").fieldNames())
                        .toIterable()
                        .containsExactlyInAnyOrder("count", "named");
            });
        }
    }

    @Test
    void readsATokenThatWasChangedWithoutARestart() throws IOException {
        try (RouterUnderTest router = router(Administration.Token)) {
            String fresh = "c0ffee".repeat(8);
            Files.writeString(token, fresh);
            assertThat(add(router, TOKEN)).isEqualTo(401);
            assertThat(add(router, fresh)).isEqualTo(202);
        }
    }

    /** No token, an empty one and one that can be guessed let nobody through, not even who sends exactly that. */
    @Test
    void letsNobodyThroughWhileThereIsNoRealToken() throws IOException {
        try (RouterUnderTest router = router(Administration.Token)) {
            for (String bad : List.of("", "\n", "short")) {
                Files.writeString(token, bad);
                assertThat(add(router, bad.strip())).isEqualTo(401);
            }
            Files.delete(token);
            HttpResponse<String> refused = router.send("POST", "/add", MORE, "Authorization", "Bearer " + TOKEN);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("this router has no token to compare with");
            assertThat(api.requests()).isEmpty();
        }
    }

    @Test
    void refusesEverybodyWhenItIsOff() {
        try (RouterUnderTest router = router(Administration.Off)) {
            HttpResponse<String> refused = router.send("POST", "/add", MORE, "Authorization", "Bearer " + TOKEN);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("ADMINISTRATION_OFF", "edit the ShardedDatabase db");
            assertThat(api.requests()).isEmpty();
        }
    }

    @Test
    void letsEverybodyThroughWhenItIsOpen() {
        try (RouterUnderTest router = router(Administration.Open)) {
            assertThat(router.send("POST", "/add", MORE).statusCode()).isEqualTo(202);
        }
    }

    /** Handing over a leadership changes the cluster; asking who would lead best does not, nor do rows. */
    @Test
    void guardsTheHandOverOfALeadershipAndNeitherQuestionsNorRows() {
        try (RouterUnderTest router = router(Administration.Token)) {
            String handOver = "{\"exclude_replicas\":[\"Server0\"],\"shard\":\"sh1\"}";
            assertThat(router.send("POST", "/elect-leader", handOver).statusCode())
                    .isEqualTo(401);
            assertThat(cluster.group(0).leads(0)).isTrue();
            assertThat(router.send("POST", "/elect-leader", "{}").statusCode()).isEqualTo(200);
            assertThat(router.send("GET", "/status", "").statusCode()).isEqualTo(200);
            assertThat(router.send(
                                    "POST",
                                    "/write",
                                    "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"A\",\"Stud_marks\":2}]}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(router.send("POST", "/elect-leader", handOver, "Authorization", "Bearer " + TOKEN)
                            .body())
                    .contains("handed over");
        }
    }

    private static int add(RouterUnderTest router, String token) {
        return router.send("POST", "/add", MORE, "Authorization", "Bearer " + token)
                .statusCode();
    }
}
