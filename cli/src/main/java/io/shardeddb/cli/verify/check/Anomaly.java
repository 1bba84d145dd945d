package io.shardeddb.cli.verify.check;

import java.util.List;

/**
 * Something that the database promises not to do.
 *
 * @param rule that is broken
 * @param history the part that shows it, a line for each request
 */
public record Anomaly(String rule, List<String> history) {

    public Anomaly {
        history = List.copyOf(history);
    }
}
