package io.shardeddb.cli.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.FakeRouter;
import io.shardeddb.cli.cluster.Cluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reshapes a database is sent with the token of its Secret, where administration needs one. */
final class AdministrationTokenTest {

    private static final String TOKEN = "5f".repeat(32);
    private static final String SECRET = "GET /api/v1/namespaces/default/secrets/students-administration";

    /** A Kubernetes API. */
    private final FakeRouter api = new FakeRouter();

    @TempDir
    private Path folder;

    AdministrationTokenTest() throws IOException {}

    @AfterEach
    void stop() {
        api.close();
    }

    private Map<String, String> headers(String administration) throws IOException {
        api.answer("GET /apis/shardeddb.io/v1alpha1/namespaces/default/shardeddatabases", 200, """
            {"items": [{"apiVersion": "shardeddb.io/v1alpha1", "kind": "ShardedDatabase",
              "metadata": {"name": "students", "namespace": "default"},
              "spec": {"sharding": {"strategy": "Hash"}, "shardCount": 1},
              "status": {"endpoint": "http://127.0.0.1:1", "administration": "%s"}}]}
            """.formatted(
                        administration));
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
            {"apiVersion": "v1", "kind": "Config", "current-context": "c",
             "clusters": [{"name": "c", "cluster": {"server": "%s"}}],
             "users": [{"name": "u", "user": {}}],
             "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "default"}}]}
            """.formatted(api.address()));
        try (Cluster cluster = Cluster.connect(kubeconfig, "default")) {
            return AdministrationToken.headers(cluster, cluster.database("students"));
        }
    }

    @Test
    void isTheOneOfTheSecret() throws IOException {
        String encoded = Base64.getEncoder().encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8));
        api.answer(SECRET, 200, "{\"data\": {\"token\": \"" + encoded + "\"}}");
        assertThat(headers("Token")).isEqualTo(Map.of("Authorization", "Bearer " + TOKEN));
    }

    @Test
    void isNotReadWhereNoneIsNeeded() throws IOException {
        assertThat(headers("Open")).isEmpty();
        assertThat(api.asked()).noneMatch(asked -> asked.line().equals(SECRET));
    }

    /** Who may not read the Secret is told by the router how to get the token. */
    @Test
    void whoMayNotReadItSendsNone() throws IOException {
        api.answer(SECRET, 403, "{\"kind\": \"Status\", \"code\": 403, \"message\": \"no\"}");
        assertThat(headers("Token")).isEmpty();
    }
}
