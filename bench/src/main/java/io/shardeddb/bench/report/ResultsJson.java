package io.shardeddb.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.bench.compare.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Results as JSON: a list of objects, one for each line of the table. An interface to programs: members are only added.
 */
public final class ResultsJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ResultsJson() {}

    /** The list, indented. */
    public static String write(List<Result> results) {
        ArrayNode list = JSON.createArrayNode();
        for (Result result : results) {
            ObjectNode line = list.addObject();
            line.put("work", result.work());
            line.put("ours", rounded(result.ours()));
            line.put("peer", rounded(result.peer()));
            line.put("ratio", rounded(result.ratio()));
            line.put("floor", rounded(result.floor()));
            line.put("met", result.met());
            line.put("unit", result.unit());
            line.put("aim", rounded(result.aim()));
            line.put("ratioMin", rounded(result.ratioMin()));
            line.put("ratioMax", rounded(result.ratioMax()));
            if (result.note() != null) {
                line.put("note", result.note());
            }
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(list);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when the file cannot be read or is something else
     */
    public static List<Result> read(Path file) throws IOException {
        JsonNode list = JSON.readTree(file.toFile());
        if (!list.isArray()) {
            throw new IOException(file + " is not a list of results");
        }
        List<Result> results = new ArrayList<>();
        for (JsonNode line : list) {
            if (!line.path("work").isTextual() || !line.path("ratio").isNumber()) {
                throw new IOException(file + ": every result needs work and ratio");
            }
            results.add(new Result(
                    line.path("work").asText(),
                    line.path("unit").asText(),
                    line.path("ours").asDouble(),
                    line.path("peer").asDouble(),
                    line.path("ratio").asDouble(),
                    line.path("ratioMin").asDouble(),
                    line.path("ratioMax").asDouble(),
                    line.path("floor").asDouble(),
                    line.path("aim").asDouble(),
                    line.hasNonNull("note") ? line.path("note").asText() : null));
        }
        return results;
    }

    /** Three digits that count; more would claim a precision that repeated runs do not have. */
    private static double rounded(double value) {
        return Double.isFinite(value) && value != 0
                ? new java.math.BigDecimal(value)
                        .round(new java.math.MathContext(3))
                        .doubleValue()
                : 0;
    }
}
