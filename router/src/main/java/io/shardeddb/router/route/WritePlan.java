package io.shardeddb.router.route;

import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The operations of one request, cut into one part per shard, in the request's order within each. */
public final class WritePlan {

    private final Map<ShardEntry, Part> parts = new LinkedHashMap<>();
    private final List<String> tables;
    private int operations;

    /**
     * An empty plan.
     *
     * @param tables names that the operations' table numbers mean
     */
    public WritePlan(String... tables) {
        this.tables = List.of(tables);
    }

    public List<String> tables() {
        return tables;
    }

    /** What goes to one shard: the operations and, for each, its number in the request. */
    public record Part(ShardEntry shard, List<RowOperation> operations, List<Integer> numbers) {}

    /** Adds the request's next operation. */
    public void add(ShardEntry shard, RowOperation operation) {
        Part part = parts.computeIfAbsent(shard, owner -> new Part(owner, new ArrayList<>(), new ArrayList<>()));
        part.operations().add(operation);
        part.numbers().add(operations++);
    }

    /** The parts, in the order in which their shards first occurred. */
    public List<Part> parts() {
        return List.copyOf(parts.values());
    }

    /** Number of operations in all parts. */
    public int size() {
        return operations;
    }
}
