package io.shardeddb.cli.verify.check;

import java.util.Arrays;

/**
 * The strongly connected components of a graph, in time that grows as its edges do. Source: R. Tarjan, "Depth-first
 * search and linear graph algorithms", 1972; without recursion, since histories are long.
 */
final class StrongComponents {

    private static final int NONE = -1;

    private final int[] offsets;
    private final int[] targets;
    private final int[] index;
    private final int[] low;
    private final int[] next;
    private final int[] parent;
    private final int[] component;
    private final int[] stack;
    private int stacked;
    private int indexes;
    private int components;

    /**
     * A graph.
     *
     * @param offsets of each node's first target, and of one node more
     * @param targets of the edges, node by node
     */
    StrongComponents(int[] offsets, int[] targets) {
        this.offsets = offsets;
        this.targets = targets;
        int nodes = offsets.length - 1;
        index = filled(nodes);
        low = new int[nodes];
        next = Arrays.copyOf(offsets, nodes);
        parent = filled(nodes);
        component = filled(nodes);
        stack = new int[nodes];
    }

    private static int[] filled(int size) {
        int[] array = new int[size];
        Arrays.fill(array, NONE);
        return array;
    }

    /** The number of each node's component. */
    int[] of() {
        for (int node = 0; node < index.length; node++) {
            if (index[node] == NONE) {
                visit(node);
            }
        }
        return component;
    }

    private void enter(int node) {
        index[node] = indexes;
        low[node] = indexes++;
        stack[stacked++] = node;
    }

    private void visit(int root) {
        enter(root);
        int node = root;
        while (node != NONE) {
            if (next[node] < offsets[node + 1]) {
                int to = targets[next[node]++];
                if (index[to] == NONE) {
                    parent[to] = node;
                    enter(to);
                    node = to;
                } else if (component[to] == NONE) {
                    low[node] = Math.min(low[node], index[to]);
                }
                continue;
            }
            if (low[node] == index[node]) {
                close(node);
            }
            int up = parent[node];
            if (up != NONE) {
                low[up] = Math.min(low[up], low[node]);
            }
            node = up;
        }
    }

    private void close(int node) {
        int member;
        do {
            member = stack[--stacked];
            component[member] = components;
        } while (member != node);
        components++;
    }
}
