package io.shardeddb.cli.shards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ScoresTextTest {

    @Test
    void tellsEveryScoreAndWhatItConsistsOf() throws JsonProcessingException {
        String answer = """
                {"leader_id": "server-1", "score": 0.8, "reason": "highest score of 2: 40 % latency",
                 "scores": [{"replica_id": "server-1", "score": 0.8}, {"replica_id": "server-0", "score": 0.61}]}
                """;
        assertThat(ScoresText.of(new ObjectMapper().readTree(answer)))
                .isEqualTo("scores: server-1 0.800, server-0 0.610 (highest score of 2: 40 % latency)");
    }
}
