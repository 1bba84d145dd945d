package io.shardeddb.cli.verify.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Requests, and which must be before which: by what they saw, and because one was answered before the other was sent.
 * The latter needs no edge for each pair. Moments of time are nodes, one after the other. A request is before the
 * moments after its answer, and those before its sending are before it. Time and memory grow as the requests and what
 * they saw.
 */
final class DependencyGraph {

    private static final int MOST_CIRCLES = 3;
    private static final int NONE = -1;

    private final List<Span> spans = new ArrayList<>();
    private final List<Supplier<String>> texts = new ArrayList<>();
    private int edges;
    private int[] from = new int[64];
    private int[] to = new int[64];
    private String[] why = new String[64];

    /** Adds a request. Returns its number. */
    int add(Span span, Supplier<String> text) {
        spans.add(span);
        texts.add(text);
        return spans.size() - 1;
    }

    /** One request must be before another. */
    void edge(int one, int other, String reason) {
        if (one == other) {
            return;
        }
        if (edges == from.length) {
            from = Arrays.copyOf(from, 2 * edges);
            to = Arrays.copyOf(to, 2 * edges);
            why = Arrays.copyOf(why, 2 * edges);
        }
        from[edges] = one;
        to[edges] = other;
        why[edges++] = reason;
    }

    /** Some circles, as short as each can be; none when all requests can stand in one order. No edge may come later. */
    List<List<String>> circles() {
        int requests = spans.size();
        Outgoing out = outgoing(withTime());
        int nodes = out.offsets.length - 1;
        int[] component = new StrongComponents(out.offsets, targets(out)).of();
        int[] sizes = new int[nodes];
        Arrays.stream(component).forEach(each -> sizes[each]++);
        List<List<String>> circles = new ArrayList<>();
        boolean[] told = new boolean[nodes];
        for (int node = 0; node < requests && circles.size() < MOST_CIRCLES; node++) {
            if (sizes[component[node]] > 1 && !told[component[node]]) {
                told[component[node]] = true;
                circles.add(shortest(node, out, component));
            }
        }
        return circles;
    }

    /** The edges by the nodes from which they go. */
    private static final class Outgoing {
        /** Of each node's first edge, and of one node more. */
        private final int[] offsets;

        /** The edges' numbers. */
        private final int[] numbers;

        Outgoing(int[] offsets, int[] numbers) {
            this.offsets = offsets;
            this.numbers = numbers;
        }
    }

    private Outgoing outgoing(int nodes) {
        int[] offsets = new int[nodes + 1];
        for (int edge = 0; edge < edges; edge++) {
            offsets[from[edge] + 1]++;
        }
        Arrays.parallelPrefix(offsets, Integer::sum);
        int[] next = offsets.clone();
        int[] numbers = new int[edges];
        for (int edge = 0; edge < edges; edge++) {
            numbers[next[from[edge]]++] = edge;
        }
        return new Outgoing(offsets, numbers);
    }

    private int[] targets(Outgoing out) {
        return Arrays.stream(out.numbers).map(edge -> to[edge]).toArray();
    }

    /** Adds the edges of time. Returns how many nodes there are. */
    private int withTime() {
        int requests = spans.size();
        List<Integer> byBegin =
                new ArrayList<>(IntStream.range(0, requests).boxed().toList());
        List<Integer> byEnd = new ArrayList<>(byBegin);
        byEnd.removeIf(request -> spans.get(request).end() == Long.MAX_VALUE);
        byEnd.sort(Comparator.comparingLong(request -> spans.get(request).end()));
        byBegin.sort(Comparator.comparingLong(request -> spans.get(request).begin()));
        // A moment for each answer; a request that is sent later comes after the last such moment.
        int ended = 0;
        for (int request : byBegin) {
            while (ended < byEnd.size()
                    && spans.get(byEnd.get(ended)).end() < spans.get(request).begin()) {
                int moment = requests + ended;
                edge(byEnd.get(ended), moment, "");
                if (ended > 0) {
                    edge(moment - 1, moment, "");
                }
                ended++;
            }
            if (ended > 0) {
                edge(requests + ended - 1, request, "");
            }
        }
        return requests + ended;
    }

    /** The shortest circle through a request, told request by request. */
    private List<String> shortest(int start, Outgoing out, int[] component) {
        int[] reached = new int[component.length];
        Arrays.fill(reached, NONE);
        int[] queue = new int[component.length + 1];
        queue[0] = start;
        int queued = 1;
        for (int head = 0; reached[start] == NONE; head++) {
            int node = queue[head];
            for (int at = out.offsets[node]; at < out.offsets[node + 1]; at++) {
                int edge = out.numbers[at];
                if (component[to[edge]] == component[start] && reached[to[edge]] == NONE) {
                    reached[to[edge]] = edge;
                    queue[queued++] = to[edge];
                }
            }
        }
        List<Integer> path = new ArrayList<>();
        int at = start;
        do {
            path.add(reached[at]);
            at = from[reached[at]];
        } while (at != start);
        Collections.reverse(path);
        return told(start, path);
    }

    private List<String> told(int start, List<Integer> path) {
        List<String> lines = new ArrayList<>();
        boolean byTime = false;
        lines.add(texts.get(start).get());
        for (int edge : path) {
            byTime |= why[edge].isEmpty();
            if (to[edge] < spans.size()) {
                lines.add("  " + (byTime ? "is answered before the sending of" : why[edge]));
                lines.add(texts.get(to[edge]).get());
                byTime = false;
            }
        }
        return lines;
    }
}
