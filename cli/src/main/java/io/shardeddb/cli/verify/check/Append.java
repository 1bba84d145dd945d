package io.shardeddb.cli.verify.check;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * A write that appends a number to each of some lists, as a whole.
 *
 * @param elements the number for each list's key; each number is used once in a run
 */
public record Append(int client, Span span, Outcome outcome, Map<Long, Long> elements) {

    public Append {
        elements = Map.copyOf(elements);
    }

    String text(long since) {
        String what = elements.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> each.getValue() + " to list " + each.getKey())
                .collect(Collectors.joining(", "));
        return span.text(since) + "  client " + client + " appends " + what + ": " + outcome;
    }
}
