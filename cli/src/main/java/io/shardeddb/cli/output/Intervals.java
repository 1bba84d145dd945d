package io.shardeddb.cli.output;

import com.fasterxml.jackson.databind.JsonNode;

/** Intervals of positions in words. */
public final class Intervals {

    private Intervals() {}

    /** For example {@code [0, 4096)}; an interval without an end is open: {@code [0, ...)}. */
    public static String text(JsonNode interval) {
        JsonNode to = interval.path("to");
        return "[" + interval.path("from").asText() + ", " + (to.isNull() || to.isMissingNode() ? "..." : to.asText())
                + ")";
    }
}
