package io.shardeddb.router.route;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operations of one request, cut into one part per shard, in the request's order within each. */
public final class WritePlan {

    /** Greatest size of one row, encoded. */
    public static final int MAX_ROW_BYTES = 4 * 1024 * 1024;

    private final Map<GroupId, Part> parts = new LinkedHashMap<>();
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

    /**
     * Adds the request's next operation.
     *
     * @throws DatabaseException TOO_LARGE for a row above {@link #MAX_ROW_BYTES}
     */
    public void add(ShardEntry shard, RowOperation operation) {
        if (operation.getRow().size() + operation.getKey().size() > MAX_ROW_BYTES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a row has at most " + MAX_ROW_BYTES + " bytes",
                    Map.of("row", Integer.toString(operations)));
        }
        Part part =
                parts.computeIfAbsent(shard.group(), ignored -> new Part(shard, new ArrayList<>(), new ArrayList<>()));
        part.operations().add(operation);
        part.numbers().add(operations++);
    }

    /** The parts, in the order in which their shards first occurred. */
    public List<Part> parts() {
        return List.copyOf(parts.values());
    }

    /**
     * The part that has the same operations of the request, for the same group, as one of another plan; null when none
     * has.
     */
    public @Nullable Part partLike(Part other) {
        Part part = parts.get(other.shard().group());
        return part != null && part.numbers().equals(other.numbers()) ? part : null;
    }

    /** Number of operations in all parts. */
    public int size() {
        return operations;
    }
}
