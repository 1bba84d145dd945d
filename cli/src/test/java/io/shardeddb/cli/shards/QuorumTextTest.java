package io.shardeddb.cli.shards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QuorumTextTest {

    @Test
    void showsALinePerVoterTheHeaviestFirst() throws JsonProcessingException {
        String answer = """
                {"quorum": ["server-0", "server-2"], "quorum_size": 2, "total_replicas": 3, "leader": "server-0", "term": 4,
                 "weighted": true, "weight_clock": 17, "threshold": 0.5, "election_size": 2, "weights": [
                   {"replica_id": "server-0", "weight": 0.419, "acknowledged": true},
                   {"replica_id": "server-2", "weight": 0.323, "acknowledged": true},
                   {"replica_id": "server-1", "weight": 0.258, "acknowledged": false}]}""";
        ObjectMapper json = new ObjectMapper();
        String text = QuorumText.of(List.of(
                new QuorumText.Quorum("students", "sh1", json.readTree(answer)),
                new QuorumText.Quorum("students", "sh2", json.readTree("{}"))));
        List<String> lines = text.lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1))
                .contains("students", "sh1", "weight", "17", "50.0 %", "2 of 3", "server-0 (leader)", "41.9 %");
        assertThat(lines.get(2)).contains("server-2", "32.3 %", "yes", "acknowledged");
        assertThat(lines.get(3)).contains("server-1", "missing").doesNotContain("yes");
        assertThat(lines.get(4)).contains("sh2", "no leader");
    }
}
