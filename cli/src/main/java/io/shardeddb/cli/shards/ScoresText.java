package io.shardeddb.cli.shards;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How good a leader each server would be, as one line; a pure function of what the router answered. */
final class ScoresText {

    private ScoresText() {}

    /** @param answer of /elect-leader */
    static String of(JsonNode answer) {
        List<String> scores = new ArrayList<>();
        for (JsonNode score : answer.path("scores")) {
            scores.add(String.format(
                    Locale.ROOT,
                    "%s %.3f",
                    score.path("replica_id").asText(),
                    score.path("score").asDouble()));
        }
        return "scores: " + String.join(", ", scores) + " ("
                + answer.path("reason").asText() + ")";
    }
}
