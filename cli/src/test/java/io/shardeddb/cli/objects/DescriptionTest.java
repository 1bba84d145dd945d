package io.shardeddb.cli.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.shardeddb.cli.output.Ages;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DescriptionTest {

    private static JsonNode yaml(String text) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readTree(text);
    }

    @Test
    void tellsAShardsCopiesAndItsEventsInOrder() throws IOException {
        JsonNode shard = yaml("""
                kind: Shard
                metadata: {name: students-sh1, namespace: default, generation: 3, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec: {database: students, name: sh1, interval: {from: 0, to: 4096}}
                status:
                  observedGeneration: 2
                  leader: server-0
                  conditions:
                    - {type: Ready, status: "True", reason: AllReady, message: all copies serve, lastTransitionTime: "2026-01-01T00:00:10Z"}
                  replicas:
                    - {server: server-0, role: Leader, state: Healthy, appliedIndex: 7}
                    - {server: server-1, role: Learner, state: Copying, lag: 9, copy: 5 of 9 rows}
                """);
        List<JsonNode> events = List.of(
                yaml(
                        "{lastTimestamp: '2026-01-01T00:00:20Z', type: Warning, reason: QuorumLost, message: second, count: 4}"),
                yaml("{eventTime: '2026-01-01T00:00:05.000000Z', type: Normal, reason: Opened, note: first}"));
        String text = Description.of(shard, List.of(), events, Instant.parse("2026-01-01T00:01:00Z"));
        assertThat(text).isEqualTo("""
                Kind:        Shard
                Name:        students-sh1
                Namespace:   default
                Created:     2026-01-01T00:00:00Z (60s ago)
                Generation:  3 (the status speaks of 2)
                Spec:
                  database: students
                  name: sh1
                  interval:
                    from: 0
                    to: 4096
                Conditions:
                  Type    Status   Reason     Since   Message
                  Ready   True     AllReady   50s     all copies serve
                Copies:
                  Server     Role      State     Applied   Lag   Message
                  server-0   Leader    Healthy   7         -
                  server-1   Learner   Copying   -         9     5 of 9 rows
                Status:
                  observedGeneration: 2
                  leader: server-0
                Events:
                  Age        Type      Reason       Message
                  55s        Normal    Opened       first
                  40s (x4)   Warning   QuorumLost   second
                """);
    }

    @Test
    void agesAreWrittenAsKubectlWritesThem() {
        assertThat(List.of(0, 119, 120, 200, 600, 7200, 10_800, 172_800))
                .extracting(seconds -> Ages.of(Duration.ofSeconds(seconds)))
                .containsExactly("0s", "119s", "2m", "3m20s", "10m", "120m", "3h", "2d");
    }
}
