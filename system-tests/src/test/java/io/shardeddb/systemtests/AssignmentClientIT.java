package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A client written for the assignment's API, and not for ours: it sends the assignment's own examples, in their order,
 * to an empty database, knows only the assignment's fields and messages, and sets no header.
 */
@ExtendWith(SharedCluster.class)
final class AssignmentClientIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void worksUnmodified(RunningCluster running) throws IOException, InterruptedException {
        running.add(Repository.find().example("empty.yaml"));
        try {
            String endpoint = running.endpoint("empty");
            JsonNode configured = send(endpoint, "POST", "/init", """
                {"N":3,"schema":{"columns":["Stud_id","Stud_name","Stud_marks"],"dtypes":["Number","String","String"]},
                 "shards":[{"Stud_id_low":0,"Shard_id":"sh1","Shard_size":4096},
                           {"Stud_id_low":4096,"Shard_id":"sh2","Shard_size":4096},
                           {"Stud_id_low":8192,"Shard_id":"sh3","Shard_size":4096}],
                 "servers":{"Server0":["sh1","sh2"],"Server1":["sh2","sh3"],"Server2":["sh1","sh3"]}}\
                """);
            assertThat(configured.toString()).isEqualTo("{\"message\":\"Configured Database\",\"status\":\"success\"}");
            checkStatus(send(endpoint, "GET", "/status", ""));
            rows(endpoint);
            servers(endpoint);
        } finally {
            assertThat(running.sdb("remove", "empty")).isEqualTo(ExitCode.OK);
        }
    }

    private static void checkStatus(JsonNode status) {
        assertThat(status.path("N").asInt()).isEqualTo(3);
        assertThat(status.path("schema").toString())
                .isEqualTo(
                        "{\"columns\":[\"Stud_id\",\"Stud_name\",\"Stud_marks\"],\"dtypes\":[\"Number\",\"String\",\"String\"]}");
        assertThat(status.path("shards")).hasSize(3);
        assertThat(status.path("shards").get(1).path("Stud_id_low").asInt()).isEqualTo(4096);
        assertThat(status.path("shards").get(1).path("Shard_id").asText()).isEqualTo("sh2");
        assertThat(status.path("shards").get(1).path("Shard_size").asInt()).isEqualTo(4096);
        assertThat(status.path("servers").toString())
                .isEqualTo(
                        "{\"Server0\":[\"sh1\",\"sh2\"],\"Server1\":[\"sh2\",\"sh3\"],\"Server2\":[\"sh1\",\"sh3\"]}");
    }

    private void rows(String endpoint) throws IOException, InterruptedException {
        JsonNode written = send(endpoint, "POST", "/write", """
            {"data":[{"Stud_id":2255,"Stud_name":"GHI","Stud_marks":27},{"Stud_id":3524,"Stud_name":"JKBFSFS","Stud_marks":56},
                     {"Stud_id":1005,"Stud_name":"YUBAAD","Stud_marks":100},{"Stud_id":9000,"Stud_name":"XYZ","Stud_marks":1}]}\
            """);
        assertThat(written.path("message").asText()).isEqualTo("4 Data entries added");
        assertThat(written.path("status").asText()).isEqualTo("success");

        JsonNode read = send(endpoint, "POST", "/read", "{\"Stud_id\":{\"low\":1000,\"high\":8889}}");
        assertThat(read.path("shards_queried").toString()).isEqualTo("[\"sh1\",\"sh2\",\"sh3\"]");
        assertThat(read.path("status").asText()).isEqualTo("success");
        assertThat(ids(read)).containsExactly(1005, 2255, 3524);

        JsonNode updated = send(endpoint, "PUT", "/update", """
            {"Stud_id":"2255","data":{"Stud_id":2255,"Stud_name":"GHI","Stud_marks":30}}\
            """);
        assertThat(updated.path("message").asText()).isEqualTo("Data entry for Stud_id: 2255 updated");
        JsonNode deleted = send(endpoint, "DELETE", "/del", "{\"Stud_id\":1005}");
        assertThat(deleted.path("message").asText())
                .isEqualTo("Data entry with Stud_id:1005 removed from all replicas");
        checkRows(endpoint);
    }

    private void checkRows(String endpoint) throws IOException, InterruptedException {
        JsonNode read = send(endpoint, "POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":12287}}");
        assertThat(ids(read)).containsExactly(2255, 3524, 9000);
        assertThat(read.path("data").get(0).path("Stud_marks").asText()).isEqualTo("30");
    }

    private void servers(String endpoint) throws IOException, InterruptedException {
        JsonNode added = send(endpoint, "POST", "/add", """
            {"n":2,"new_shards":[{"Stud_id_low":12288,"Shard_id":"sh5","Shard_size":4096}],
             "servers":{"Server4":["sh3","sh5"],"Server[5]":["sh2","sh5"]}}\
            """);
        assertThat(added.path("N").asInt()).isEqualTo(5);
        assertThat(added.path("message").asText()).matches("Add Server:4 and Server:[0-9]+");
        assertThat(added.path("status").asText()).isEqualTo("successful");
        JsonNode five = send(endpoint, "GET", "/status", "");
        assertThat(five.path("N").asInt()).isEqualTo(5);
        assertThat(five.path("shards")).hasSize(4);
        assertThat(five.path("servers").path("Server4").toString()).isEqualTo("[\"sh3\",\"sh5\"]");
        checkRows(endpoint);

        JsonNode removed = send(endpoint, "DELETE", "/rm", "{\"n\":2,\"servers\":[\"Server4\"]}");
        assertThat(removed.path("message").path("N").asInt()).isEqualTo(3);
        assertThat(removed.path("message").path("servers")).hasSize(2);
        assertThat(removed.path("message").path("servers").toString()).contains("Server4");
        assertThat(removed.path("status").asText()).isEqualTo("successful");
        JsonNode three = send(endpoint, "GET", "/status", "");
        assertThat(three.path("N").asInt()).isEqualTo(3);
        assertThat(three.path("servers").has("Server4")).isFalse();
        checkRows(endpoint);
        JsonNode written = send(endpoint, "POST", "/write", """
            {"data":[{"Stud_id":12300,"Stud_name":"NEW","Stud_marks":5}]}\
            """);
        assertThat(written.path("message").asText()).isEqualTo("1 Data entries added");
    }

    private static List<Integer> ids(JsonNode read) {
        List<Integer> ids = new ArrayList<>();
        read.path("data").forEach(row -> ids.add(row.path("Stud_id").asInt()));
        return ids;
    }

    private JsonNode send(String endpoint, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(endpoint + path))
                        .timeout(TIMEOUT)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(200);
        return json.readTree(answer.body());
    }
}
