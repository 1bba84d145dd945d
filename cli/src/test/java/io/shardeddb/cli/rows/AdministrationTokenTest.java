package io.shardeddb.cli.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.FakeRouter;
import io.shardeddb.cli.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reshapes a database is sent with the token of its Secret, where administration needs one. */
final class AdministrationTokenTest {

    private static final String TOKEN = "5f".repeat(32);
    private static final String SECRET = "GET /api/v1/namespaces/default/secrets/students-administration";

    private final FakeRouter router = new FakeRouter();
    /** A Kubernetes API. */
    private final FakeRouter api = new FakeRouter();

    @TempDir
    private Path folder;

    AdministrationTokenTest() throws IOException {}

    @AfterEach
    void stop() {
        router.close();
        api.close();
    }

    private void administration(String mode) {
        api.answer("GET /apis/shardeddb.io/v1alpha1/namespaces/default/shardeddatabases", 200, """
            {"items": [{"apiVersion": "shardeddb.io/v1alpha1", "kind": "ShardedDatabase",
              "metadata": {"name": "students", "namespace": "default"},
              "spec": {"sharding": {"strategy": "Hash"}, "shardCount": 1},
              "status": {"endpoint": "%s", "administration": "%s"}}]}
            """.formatted(
                        router.address(), mode));
    }

    private Run run(String... words) throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
            {"apiVersion": "v1", "kind": "Config", "current-context": "c",
             "clusters": [{"name": "c", "cluster": {"server": "%s"}}],
             "users": [{"name": "u", "user": {}}],
             "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "default"}}]}
            """.formatted(api.address()));
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--kubeconfig", kubeconfig.toString()));
        return Run.of(all.toArray(String[]::new));
    }

    @Test
    void isSentWithEveryRequestThatReshapesTheDatabase() throws IOException {
        administration("Token");
        String encoded = Base64.getEncoder().encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8));
        api.answer(SECRET, 200, "{\"data\": {\"token\": \"" + encoded + "\"}}");
        router.answer("POST /v1/collections", 201, "{}");
        router.answer("DELETE /v1/collections/people", 200, "{}");
        router.answer("POST /add", 200, "{}");

        assertThat(run("collections", "create", "people").err()).isEmpty();
        assertThat(run("collections", "drop", "people", "--yes").err()).isEmpty();
        assertThat(run("request", "POST", "/add", "{\"n\":1}").err()).isEmpty();

        assertThat(router.asked())
                .extracting(FakeRouter.Asked::authorization)
                .hasSize(3)
                .containsOnly("Bearer " + TOKEN);
    }

    @Test
    void isNotReadWhereNoneIsNeeded() throws IOException {
        administration("Open");
        router.answer("POST /v1/collections", 201, "{}");

        assertThat(run("collections", "create", "people").err()).isEmpty();

        assertThat(router.only().authorization()).isNull();
        assertThat(api.asked()).noneMatch(asked -> asked.line().equals(SECRET));
    }

    /** Who may not read the Secret is told by the router how to get the token. */
    @Test
    void whoMayNotReadItIsAnsweredByTheRouter() throws IOException {
        administration("Token");
        api.answer(SECRET, 403, "{\"kind\": \"Status\", \"code\": 403, \"message\": \"no\"}");
        router.answer(
                "POST /v1/collections",
                401,
                "{\"code\": \"UNAUTHENTICATED\", \"message\": \"kubectl get secret ...\"}");

        Run refused = run("collections", "create", "people");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("UNAUTHENTICATED", "kubectl get secret");
    }
}
