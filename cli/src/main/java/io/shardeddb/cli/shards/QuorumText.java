package io.shardeddb.cli.shards;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.output.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who commits the writes of shards, as a table with a line per voter; a pure function of what the router answered. */
final class QuorumText {

    private static final List<String> HEADING = List.of(
            "DATABASE",
            "SHARD",
            "TERM",
            "COMMITS BY",
            "CLOCK",
            "MORE THAN",
            "ELECTS",
            "VOTER",
            "WEIGHT",
            "CABINET",
            "LAST ROUND");

    private QuorumText() {}

    /**
     * One shard.
     *
     * @param answer of /select-quorum; or an error's
     */
    record Quorum(String database, String shard, JsonNode answer) {}

    static String of(List<Quorum> quorums) {
        List<List<String>> rows = new ArrayList<>();
        quorums.forEach(quorum -> rows.addAll(rows(quorum)));
        return rows.isEmpty() ? "no shards\n" : Columns.of(HEADING, rows);
    }

    private static List<List<String>> rows(Quorum quorum) {
        JsonNode answer = quorum.answer();
        List<List<String>> rows = new ArrayList<>();
        List<String> cabinet = new ArrayList<>();
        answer.path("quorum").forEach(server -> cabinet.add(server.asText()));
        for (JsonNode voter : answer.path("weights")) {
            String server = voter.path("replica_id").asText();
            List<String> row = new ArrayList<>(
                    rows.isEmpty()
                            ? List.of(
                                    quorum.database(),
                                    quorum.shard(),
                                    answer.path("term").asText(),
                                    answer.path("weighted").asBoolean() ? "weight" : "heads",
                                    answer.path("weighted").asBoolean()
                                            ? answer.path("weight_clock").asText()
                                            : "-",
                                    percent(answer.path("threshold")),
                                    answer.path("election_size").asText() + " of "
                                            + answer.path("total_replicas").asText())
                            : List.of("", "", "", "", "", "", ""));
            row.add(server + (server.equals(answer.path("leader").asText()) ? " (leader)" : ""));
            row.add(percent(voter.path("weight")));
            row.add(cabinet.contains(server) ? "yes" : "");
            row.add(voter.path("acknowledged").asBoolean() ? "acknowledged" : "missing");
            rows.add(row);
        }
        if (rows.isEmpty()) {
            rows.add(List.of(quorum.database(), quorum.shard(), "-", "-", "-", "-", "-", "no leader", "-", "", ""));
        }
        return rows;
    }

    private static String percent(JsonNode part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part.asDouble());
    }
}
