package io.shardeddb.local.requests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kubernetes promises every client, and recorded conversations happen not to need. */
final class ApiConventionsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String GADGETS = "/apis/test.io/v1/namespaces/default/gadgets";
    private static final String MERGE = "application/merge-patch+json";
    private static final int FORGOTTEN_AFTER = 300;

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private BareApi api;

    @BeforeEach
    void start() throws Exception {
        api = new BareApi(folder);
        assertThat(send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", yaml(), Stories.GADGETS)
                        .statusCode())
                .isEqualTo(201);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        api.close();
    }

    private static String yaml() {
        return "application/yaml";
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(api.address() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("content-type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> answer = send(method, path, method.equals("PATCH") ? MERGE : yaml(), body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return Tree.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String map(String name) {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}";
    }

    private List<JsonNode> events(String path, int count) throws Exception {
        var answer = client.send(
                HttpRequest.newBuilder(URI.create(api.address() + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            List<JsonNode> events = new java.util.ArrayList<>();
            while (events.size() < count) {
                events.add(Tree.parse(lines.readLine().getBytes(StandardCharsets.UTF_8)));
            }
            return events;
        }
    }

    @Test
    void aForgottenRevisionIsGone() throws Exception {
        String first = json("POST", MAPS, map("m"), 201)
                .path("metadata")
                .path("resourceVersion")
                .asText();
        for (int i = 0; i < FORGOTTEN_AFTER; i++) {
            json("PATCH", MAPS + "/m", "{\"data\":{\"i\":\"" + i + "\"}}", 200);
        }
        JsonNode event =
                events(MAPS + "?watch=true&resourceVersion=" + first, 1).getFirst();
        assertThat(event.path("type").asText()).isEqualTo("ERROR");
        assertThat(event.path("object").path("code").asInt()).isEqualTo(410);
        assertThat(event.path("object").path("reason").asText()).isEqualTo("Expired");
    }

    @Test
    void aWatchThatBeginsWithTheStateSaysWhereItEnds() throws Exception {
        json("POST", MAPS, map("one"), 201);
        List<JsonNode> events = events(
                MAPS + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                        + "&resourceVersionMatch=NotOlderThan",
                2);
        assertThat(events).extracting(e -> e.path("type").asText()).containsExactly("ADDED", "BOOKMARK");
        assertThat(events.get(1)
                        .at("/object/metadata/annotations/k8s.io~1initial-events-end")
                        .asText())
                .isEqualTo("true");
    }

    @Test
    void unknownFieldsAreToldOrRefused() throws Exception {
        String body = Stories.gadget("a", "{size: 1, colur: red, parts: [{name: x, wait: 2}]}");
        HttpResponse<String> warned = send("POST", GADGETS, yaml(), body);
        assertThat(warned.statusCode()).isEqualTo(201);
        assertThat(warned.headers().allValues("warning"))
                .containsExactly(
                        "299 - \"unknown field \\\"spec.colur\\\"\"",
                        "299 - \"unknown field \\\"spec.parts[0].wait\\\"\"");
        assertThat(warned.body()).doesNotContain("colur");
        assertThat(send("PUT", GADGETS + "/a?fieldValidation=Ignore", yaml(), body)
                        .headers()
                        .allValues("warning"))
                .isEmpty();
        assertThat(json("PUT", GADGETS + "/a?fieldValidation=Strict", body, 400)
                        .path("message")
                        .asText())
                .isEqualTo("Gadget in version \"v1\" cannot be handled as a Gadget: strict decoding error: "
                        + "unknown field \"spec.colur\", unknown field \"spec.parts[0].wait\"");
        assertThat(json("PATCH", GADGETS + "/a?fieldValidation=Strict", "{\"spec\":{\"sice\":3}}", 422)
                        .path("message")
                        .asText())
                .startsWith(" \"\" is invalid: patch: Invalid value: ")
                .endsWith("strict decoding error: unknown field \"spec.sice\"");
        assertThat(json("PATCH", GADGETS + "/a?fieldValidation=Perhaps", "{}", 400)
                        .path("message")
                        .asText())
                .contains("\"Ignore\", \"Strict\", \"Warn\"");
        assertThat(send("PATCH", MAPS.replace("configmaps", "none"), MERGE, "{}")
                        .statusCode())
                .isEqualTo(404);
        json("POST", MAPS, map("m"), 201);
        assertThat(send("PATCH", MAPS + "/m", MERGE, "{\"dada\":{},\"metadata\":{\"label\":{}}}")
                        .headers()
                        .allValues("warning"))
                .containsExactlyInAnyOrder(
                        "299 - \"unknown field \\\"dada\\\"\"", "299 - \"unknown field \\\"metadata.label\\\"\"");
    }

    @Test
    void aLeaseIsTakenByOneOfTwo() throws Exception {
        String leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
        String lease = json(
                        "POST",
                        leases,
                        "apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: l}\nspec: {holderIdentity: a}",
                        201)
                .toString();
        json("PUT", leases + "/l", lease.replace("\"a\"", "\"b\""), 200);
        assertThat(json("PUT", leases + "/l", lease.replace("\"a\"", "\"c\""), 409)
                        .path("reason")
                        .asText())
                .isEqualTo("Conflict");
    }

    @Test
    void aDryRunAndADeletionOfAnotherOneChangeNothing() throws Exception {
        json("POST", MAPS + "?dryRun=All", map("dry"), 201);
        json("GET", MAPS + "/dry", "", 404);
        json("POST", MAPS, map("m"), 201);
        json("DELETE", MAPS + "/m?dryRun=All", "", 200);
        json("DELETE", MAPS + "/m", "{\"preconditions\":{\"uid\":\"0f0f0f0f-0000-4000-8000-000000000000\"}}", 409);
        json("GET", MAPS + "/m", "", 200);
    }

    @Test
    void scaleIsAPathOfItsOwn() throws Exception {
        json("POST", GADGETS, Stories.gadget("a", "{size: 2}"), 201);
        JsonNode scale = json("GET", GADGETS + "/a/scale", "", 200);
        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(scale.path("kind").asText()).isEqualTo("Scale");
        json("PUT", GADGETS + "/a/scale", scale.toString().replace("\"replicas\":2", "\"replicas\":5"), 200);
        assertThat(json("GET", GADGETS + "/a", "", 200).at("/spec/size").asInt())
                .isEqualTo(5);
        assertThat(json("PATCH", GADGETS + "/a/scale", "{\"spec\":{\"replicas\":13}}", 422)
                        .path("message")
                        .asText())
                .contains("thirteen is bad luck");
    }
}
