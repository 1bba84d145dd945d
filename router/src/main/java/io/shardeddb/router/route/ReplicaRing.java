package io.shardeddb.router.route;

import io.shardeddb.protocol.keyspace.Hash64;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Consistent hashing with virtual nodes over a shard's replicas (Karger et al., "Consistent Hashing and Random Trees",
 * 1997). The same reader finds the same replica. A replica that goes or comes moves only its share of readers. Slower
 * replicas have fewer nodes.
 */
public final class ReplicaRing {

    /** Nodes of the fastest replica. */
    static final int NODES = 64;

    private final long[] hashes;
    private final String[] owners;
    private final int replicas;

    /**
     * Builds a ring.
     *
     * @param addresses the replicas
     * @param latency of each, in any unit, 0 when unknown; twice the least one's latency halves the share
     */
    public ReplicaRing(List<String> addresses, ToDoubleFunction<String> latency) {
        replicas = addresses.size();
        double least = addresses.stream()
                .mapToDouble(latency)
                .filter(value -> value > 0)
                .min()
                .orElse(1);
        record Node(long hash, String owner) {}
        List<Node> nodes = new ArrayList<>();
        for (String address : addresses) {
            double own = latency.applyAsDouble(address);
            int count = own <= 0 ? NODES : Math.clamp(Math.round(NODES * least / own), 1, NODES);
            for (int i = 0; i < count; i++) {
                nodes.add(new Node(hash(address + "#" + i), address));
            }
        }
        nodes.sort((left, right) -> Long.compare(left.hash(), right.hash()));
        hashes = nodes.stream().mapToLong(Node::hash).toArray();
        owners = nodes.stream().map(Node::owner).toArray(String[]::new);
    }

    /** All replicas in the order in which the reader should try them. */
    public List<String> order(long reader) {
        Set<String> order = new LinkedHashSet<>();
        if (hashes.length == 0) {
            return List.of();
        }
        int at = Arrays.binarySearch(hashes, reader);
        int start = at >= 0 ? at : -at - 1;
        for (int i = 0; i < hashes.length && order.size() < replicas; i++) {
            order.add(owners[(start + i) % owners.length]);
        }
        return List.copyOf(order);
    }

    /** Place of a reader (or node) on the ring. */
    public static long hash(String name) {
        return Hash64.of(name.getBytes(StandardCharsets.UTF_8));
    }
}
