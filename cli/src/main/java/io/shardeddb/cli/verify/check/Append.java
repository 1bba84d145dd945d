package io.shardeddb.cli.verify.check;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A write that appends a number to each of some lists, as a whole; or a transaction that reads lists too.
 *
 * @param elements the number for each list's key; each number is used once in a run
 * @param seen lists that it has read, at the moment at which it happened
 */
public record Append(int client, Span span, Outcome outcome, Map<Long, Long> elements, Map<Long, List<Long>> seen) {

    public Append {
        elements = Map.copyOf(elements);
        seen = Map.copyOf(seen);
    }

    /** A write that has read nothing. */
    public Append(int client, Span span, Outcome outcome, Map<Long, Long> elements) {
        this(client, span, outcome, elements, Map.of());
    }

    /** Lists that were read at one moment. */
    public static Append snapshot(int client, Span span, Map<Long, List<Long>> seen) {
        return new Append(client, span, Outcome.DONE, Map.of(), seen);
    }

    /** What it has read, as reads of single lists. */
    List<ListRead> reads() {
        return seen.entrySet().stream()
                .map(each -> new ListRead(client, span, each.getKey(), each.getValue()))
                .toList();
    }

    String text(long since) {
        String what = elements.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> "appends " + each.getValue() + " to list " + each.getKey())
                .collect(Collectors.joining(", "));
        String read = seen.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> "reads list " + each.getKey() + ": " + ListRead.text(each.getValue()))
                .collect(Collectors.joining(", "));
        String both = read + (read.isEmpty() || what.isEmpty() ? "" : ", ") + what;
        return span.text(since) + "  client " + client + " " + both + ": " + outcome;
    }
}
