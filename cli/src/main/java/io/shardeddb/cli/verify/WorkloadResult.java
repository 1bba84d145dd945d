package io.shardeddb.cli.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.verify.check.Anomaly;
import java.util.List;

/**
 * What was found of a workload.
 *
 * @param operations writes that were sent
 * @param acknowledged those that were done
 * @param unknown those whose outcome the client did not learn
 * @param longestPauseMillis the longest time that a client waited for the last answer to a write
 */
record WorkloadResult(
        String workload,
        long operations,
        long acknowledged,
        long unknown,
        List<Anomaly> anomalies,
        long longestPauseMillis) {

    /** Whether nothing was found, in a workload that did something. */
    boolean met() {
        return anomalies.isEmpty() && acknowledged > 0;
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("workload", workload)
                .put("operations", operations)
                .put("acknowledged", acknowledged)
                .put("unknown", unknown);
        ArrayNode found = json.putArray("anomalies");
        for (Anomaly anomaly : anomalies) {
            ArrayNode history = found.addObject().put("rule", anomaly.rule()).putArray("history");
            anomaly.history().forEach(history::add);
        }
        return json.put("longestPauseMillis", longestPauseMillis).put("met", met());
    }

    String line() {
        return String.format(
                "%-7s %,9d writes, %,9d acknowledged, %,5d unknown, longest wait %,6d ms: %s",
                workload,
                operations,
                acknowledged,
                unknown,
                longestPauseMillis,
                met() ? "no anomaly" : acknowledged == 0 ? "NOTHING WAS DONE" : anomalies.size() + " ANOMALIES");
    }
}
