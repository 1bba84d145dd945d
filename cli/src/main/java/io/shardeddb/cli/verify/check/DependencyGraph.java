package io.shardeddb.cli.verify.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Requests, and which must be before which: by what they saw, and because one was answered before the other was sent.
 * The latter needs no edge for each pair. Moments of time are nodes, one after the other. A request is before the
 * moments after its answer, and those before its sending are before it.
 */
final class DependencyGraph {

    private static final int MOST_CIRCLES = 3;

    private final List<Span> spans = new ArrayList<>();
    private final List<Supplier<String>> texts = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();

    private record Edge(int from, int to, String why) {}

    /** Adds a request. Returns its number. */
    int add(Span span, Supplier<String> text) {
        spans.add(span);
        texts.add(text);
        return spans.size() - 1;
    }

    /** One request must be before another. */
    void edge(int from, int to, String why) {
        if (from != to) {
            edges.add(new Edge(from, to, why));
        }
    }

    /** Some circles, as short as each can be; none when all requests can stand in one order. */
    List<List<String>> circles() {
        int requests = spans.size();
        List<List<Edge>> out = new ArrayList<>();
        int nodes = withTime(out);
        int[] component = new StrongComponents(targets(out)).of();
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

    /** The edges of each node, those of time too. Returns how many nodes there are. */
    private int withTime(List<List<Edge>> out) {
        int requests = spans.size();
        List<Integer> byEnd = new ArrayList<>();
        List<Integer> byBegin = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            out.add(new ArrayList<>());
            byBegin.add(i);
            if (spans.get(i).end() != Long.MAX_VALUE) {
                byEnd.add(i);
            }
        }
        edges.forEach(edge -> out.get(edge.from()).add(edge));
        byEnd.sort(Comparator.comparingLong(i -> spans.get(i).end()));
        byBegin.sort(Comparator.comparingLong(i -> spans.get(i).begin()));
        // A moment for each answer; a request that is sent later comes after the last such moment.
        int ended = 0;
        for (int request : byBegin) {
            while (ended < byEnd.size()
                    && spans.get(byEnd.get(ended)).end() < spans.get(request).begin()) {
                int moment = requests + ended;
                out.add(new ArrayList<>());
                out.get(byEnd.get(ended)).add(new Edge(byEnd.get(ended), moment, ""));
                if (ended > 0) {
                    out.get(moment - 1).add(new Edge(moment - 1, moment, ""));
                }
                ended++;
            }
            if (ended > 0) {
                out.get(requests + ended - 1).add(new Edge(requests + ended - 1, request, ""));
            }
        }
        return requests + ended;
    }

    private static int[][] targets(List<List<Edge>> out) {
        return out.stream()
                .map(list -> list.stream().mapToInt(Edge::to).toArray())
                .toArray(int[][]::new);
    }

    /** The shortest circle through a request, told request by request. */
    private List<String> shortest(int start, List<List<Edge>> out, int[] component) {
        Edge[] reached = new Edge[out.size()];
        ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(start));
        while (reached[start] == null) {
            int node = queue.remove();
            for (Edge edge : out.get(node)) {
                if (component[edge.to()] == component[start] && reached[edge.to()] == null) {
                    reached[edge.to()] = edge;
                    queue.add(edge.to());
                }
            }
        }
        List<Edge> path = new ArrayList<>();
        int at = start;
        do {
            path.add(reached[at]);
            at = reached[at].from();
        } while (at != start);
        Collections.reverse(path);
        List<String> lines = new ArrayList<>();
        boolean byTime = false;
        lines.add(texts.get(start).get());
        for (Edge edge : path) {
            byTime |= edge.why().isEmpty();
            if (edge.to() < spans.size()) {
                lines.add("  " + (byTime ? "is answered before the sending of" : edge.why()));
                lines.add(texts.get(edge.to()).get());
                byTime = false;
            }
        }
        return lines;
    }
}
