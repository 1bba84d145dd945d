package io.shardeddb.systemtests.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.crds.Shard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Groups of rows of the students: each group has a row in each shard, and all its rows are written together. */
final class RowsOfShards {

    static final String BATCH = "/tables/StudT/batch";

    private static final String ROWS = "/v1/tables/StudT/rows";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** From the beginning of each shard. */
    private static final long FIRST = 3_500;

    private final List<Long> shards;

    RowsOfShards(List<Shard> shards) {
        this.shards = shards.stream()
                .map(shard -> shard.getSpec().interval().from() + FIRST)
                .sorted()
                .toList();
    }

    /** A write of all rows of a group, with the same marks. */
    ObjectNode write(int group, long marks) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode operations = body.putArray("operations");
        for (long first : shards) {
            operations
                    .addObject()
                    .putObject("upsert")
                    .put("Stud_id", first + group)
                    .put("Stud_name", "in the middle")
                    .put("Stud_marks", marks);
        }
        return body;
    }

    /** Fails where a group's rows do not have the same marks. */
    void checkWhole(RouterClient router, int groups) throws InterruptedException {
        List<Set<Long>> marks = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            marks.add(new HashSet<>());
        }
        // One read of all shards: requests of clients that are gone may still be under way.
        String range = "?from=" + shards.getFirst() + "&to=" + (shards.getLast() + groups - 1);
        Answer answer = router.send("GET", ROWS + range, null, Map.of());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        for (JsonNode row : answer.body().path("rows")) {
            long key = row.path("Stud_id").asLong();
            for (long first : shards) {
                if (first <= key && key < first + groups) {
                    marks.get((int) (key - first)).add(row.path("Stud_marks").asLong());
                }
            }
        }
        assertThat(marks)
                .as("marks of each group")
                .allSatisfy(each -> assertThat(each).hasSize(1));
    }

    /** Writes each row by itself. None may be locked, nor wait. */
    void writeEach(RouterClient router, int groups) throws InterruptedException {
        for (long first : shards) {
            for (long key = first; key < first + groups; key++) {
                ObjectNode row = JSON.createObjectNode().put("Stud_marks", 1);
                Answer answer = router.send("PATCH", ROWS + "/" + key, row, Map.of());
                assertThat(answer.status()).as("row %d: %s", key, answer.text()).isEqualTo(200);
            }
        }
    }
}
