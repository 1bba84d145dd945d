package io.shardeddb.router.route;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
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

    /** Operations of one request, at most. A shard takes no more in one part. */
    public static final int MAX_OPERATIONS = 20_000;

    private final Map<GroupId, Part> parts = new LinkedHashMap<>();
    private final Map<String, Integer> tables = new LinkedHashMap<>();
    private final List<TableDefinition> definitions = new ArrayList<>();
    private int operations;
    private boolean eachAlone;
    private boolean wholeAlways;
    private RowsWanted rowsWanted = RowsWanted.ROWS_WANTED_NONE;
    private boolean conditional;

    /**
     * An empty plan.
     *
     * @param tables names that the operations' table numbers mean
     */
    public WritePlan(String... tables) {
        for (String table : tables) {
            this.tables.put(table, this.tables.size());
        }
    }

    /**
     * An empty plan for tables that are named by {@link #number}, whose rows the answer may show.
     *
     * @param first the table with the number 0
     */
    public WritePlan(@Nullable TableDefinition first) {
        if (first != null) {
            number(first);
        }
    }

    /** The number by which operations name a table; it is added where it is new. */
    public int number(TableDefinition table) {
        Integer known = tables.putIfAbsent(table.name(), tables.size());
        if (known != null) {
            return known;
        }
        definitions.add(table);
        return tables.size() - 1;
    }

    /** Names that the operations' table numbers mean. */
    public List<String> tables() {
        return List.copyOf(tables.keySet());
    }

    /**
     * What goes to one shard.
     *
     * @param operations in the request's order
     * @param numbers of the operations in the request, from 0
     * @param tables that the operations' table numbers mean, as they were made for them; none where rows are never
     *     shown
     */
    public record Part(
            ShardEntry shard, List<RowOperation> operations, List<Integer> numbers, List<TableDefinition> tables) {

        /** The table of an operation, by its place here. */
        public @Nullable TableDefinition tableOf(int operation) {
            return tables.isEmpty()
                    ? null
                    : tables.get(operations.get(operation).getTable());
        }
    }

    /** Each operation succeeds or fails for itself. */
    public void eachAlone() {
        eachAlone = true;
    }

    /** Whether operations succeed or fail each for itself; else those of a shard do so together. */
    public boolean isEachAlone() {
        return eachAlone;
    }

    /** It is done as a whole or not at all, also by servers of an older version, which then refuse it. */
    public void wholeAlways() {
        wholeAlways = true;
    }

    /** Whether it must not be done in parts, each shard's for itself, where servers know no better. */
    public boolean isWholeAlways() {
        return wholeAlways;
    }

    /** The answer is to show rows. */
    public void show(RowsWanted wanted) {
        rowsWanted = wanted;
    }

    /** Which rows the answer shows. */
    public RowsWanted rowsWanted() {
        return rowsWanted;
    }

    /** Whether something of it depends on what is there, or says more than how many rows changed. */
    public boolean isConditional() {
        return conditional || eachAlone || rowsWanted != RowsWanted.ROWS_WANTED_NONE;
    }

    /**
     * Adds the request's next operation.
     *
     * @throws DatabaseException TOO_LARGE for a row above {@link #MAX_ROW_BYTES}, and for an operation beyond
     *     {@link #MAX_OPERATIONS}
     */
    public void add(ShardEntry shard, RowOperation operation) {
        if (operations == MAX_OPERATIONS) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a request has at most " + MAX_OPERATIONS + " rows or operations; send it in parts");
        }
        if (operation.getRow().size() + operation.getKey().size() > MAX_ROW_BYTES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a row has at most " + MAX_ROW_BYTES + " bytes",
                    Map.of("row", Integer.toString(operations)));
        }
        conditional |= operation.getConditionsCount() > 0 || operation.getComputationsCount() > 0;
        Part part = parts.computeIfAbsent(
                shard.group(), ignored -> new Part(shard, new ArrayList<>(), new ArrayList<>(), definitions));
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
