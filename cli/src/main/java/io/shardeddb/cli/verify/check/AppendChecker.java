package io.shardeddb.cli.verify.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether writes that append to lists, transactions that also read some, and strong reads of single lists can be
 * explained by one order, in which each happens between its sending and its answer. A list shows the order of its
 * writes, so dependencies are certain, and a circle of them is an anomaly. A write over several shards has one place in
 * that order. Who has seen one of its numbers finds the others: their rows are locked until they are there. Source: K.
 * Kingsbury and P. Alvaro, "Elle: inferring isolation anomalies from experimental observations", 2020.
 */
public final class AppendChecker {

    private final List<Append> appends;
    private final List<ListRead> reads;
    private final long since;
    private final Map<Long, Append> writers = new HashMap<>();
    private final Map<Long, ListRead> longest = new TreeMap<>();
    private final Map<Long, Set<Long>> there = new HashMap<>();
    private final List<Anomaly> anomalies = new ArrayList<>();

    private AppendChecker(List<Append> appends, List<ListRead> reads) {
        this.appends = appends;
        this.reads = reads;
        long first = Long.MAX_VALUE;
        for (Append append : appends) {
            first = Math.min(first, append.span().begin());
            append.elements().values().forEach(number -> writers.put(number, append));
        }
        for (ListRead read : reads) {
            first = Math.min(first, read.span().begin());
            longest.merge(
                    read.key(),
                    read,
                    (one, other) -> other.elements().size() > one.elements().size() ? other : one);
        }
        longest.forEach((key, read) -> there.put(key, new HashSet<>(read.elements())));
        since = first;
    }

    /** What is wrong. Circles are looked for only where each list for itself is in order. */
    public static List<Anomaly> check(List<Append> appends, List<ListRead> reads) {
        AppendChecker checker = new AppendChecker(appends, reads);
        checker.lists();
        checker.lost();
        if (checker.anomalies.isEmpty()) {
            checker.circles();
        }
        return List.copyOf(checker.anomalies);
    }

    private void found(String rule, String... history) {
        anomalies.add(new Anomaly(rule, List.of(history)));
    }

    private void lists() {
        for (ListRead read : longest.values()) {
            Set<Long> seen = new HashSet<>();
            for (long number : read.elements()) {
                Append writer = writers.get(number);
                if (writer == null) {
                    found("only what was appended is in a list", "nobody appended " + number, read.text(since));
                } else if (writer.outcome() == Outcome.REFUSED) {
                    found("what was refused has not happened", writer.text(since), read.text(since));
                } else if (!seen.add(number)) {
                    found("what is sent once happens once", writer.text(since), read.text(since));
                }
            }
        }
        reads.forEach(this::grows);
        appends.forEach(append -> append.reads().forEach(this::grows));
    }

    private void grows(ListRead read) {
        ListRead whole = longest.getOrDefault(read.key(), read);
        if (whole.elements().size() < read.elements().size()
                || !whole.elements().subList(0, read.elements().size()).equals(read.elements())) {
            found("a list only grows", read.text(since), whole.text(since));
        }
    }

    /** Writes that are in no read of their list, although one began after they were answered. */
    private void lost() {
        Map<Long, ListRead> last = new HashMap<>();
        for (ListRead read : reads) {
            last.merge(
                    read.key(),
                    read,
                    (one, other) -> other.span().begin() > one.span().begin() ? other : one);
        }
        for (Append append : appends) {
            append.elements().forEach((key, number) -> {
                boolean seen = isThere(key, number);
                ListRead after = last.get(key);
                if (!seen && after != null && mustShow(append, after)) {
                    found("what happened is there, as a whole", append.text(since), after.text(since));
                }
            });
        }
    }

    /** Whether a read must show a write: it was acknowledged before, or seen in another list. */
    private boolean mustShow(Append append, ListRead read) {
        if (append.outcome() == Outcome.DONE) {
            return append.span().precedes(read.span());
        }
        return append.elements().entrySet().stream()
                .filter(each -> isThere(each.getKey(), each.getValue()))
                .map(each -> longest.get(each.getKey()))
                .anyMatch(shows -> shows != null && shows.span().precedes(read.span()));
    }

    private void circles() {
        DependencyGraph graph = new DependencyGraph();
        // By identity: what a write has read is long, and a hash would go through all of it.
        IdentityHashMap<Append, Integer> writes = new IdentityHashMap<>();
        for (Append append : appends) {
            boolean happened = append.outcome() == Outcome.DONE
                    || append.elements().entrySet().stream().anyMatch(each -> isThere(each.getKey(), each.getValue()));
            if (append.outcome() != Outcome.REFUSED && happened) {
                writes.put(append, graph.add(append.span(), () -> append.text(since)));
            }
        }
        for (Append append : appends) {
            Integer node = writes.get(append);
            if (node != null) {
                append.reads().forEach(read -> edges(graph, writes, read, node));
            }
        }
        longest.forEach((key, read) -> {
            List<Long> order = read.elements();
            String why = "is before, in list " + key + ",";
            for (int i = 1; i < order.size(); i++) {
                graph.edge(node(writes, order.get(i - 1)), node(writes, order.get(i)), why);
            }
        });
        for (ListRead read : reads) {
            edges(graph, writes, read, graph.add(read.span(), () -> read.text(since)));
        }
        graph.circles().forEach(circle -> anomalies.add(new Anomaly("all requests can stand in one order", circle)));
    }

    /** Who has read a list stands behind the writer of its last element, and before that of the next one. */
    private void edges(DependencyGraph graph, IdentityHashMap<Append, Integer> writes, ListRead read, int node) {
        List<Long> order = longest.getOrDefault(read.key(), read).elements();
        int length = read.elements().size();
        if (length > 0) {
            graph.edge(node(writes, order.get(length - 1)), node, "is seen by");
        }
        if (length < order.size()) {
            graph.edge(node, node(writes, order.get(length)), "does not see");
        }
    }

    private boolean isThere(long key, long number) {
        return there.getOrDefault(key, Set.of()).contains(number);
    }

    private int node(IdentityHashMap<Append, Integer> writes, long number) {
        Integer node = writes.get(writers.get(number));
        if (node == null) {
            throw new IllegalStateException("number " + number + " has no writer");
        }
        return node;
    }
}
