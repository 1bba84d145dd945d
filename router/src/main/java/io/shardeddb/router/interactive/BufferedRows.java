package io.shardeddb.router.interactive;

import io.shardeddb.protocol.change.ConditionalChange.Effect;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has written so far: rows as they will be. Nobody else sees them. Pure; of one thread at a time.
 */
final class BufferedRows {

    /** Rows that a transaction may write. */
    static final int MOST_ROWS = 10_000;

    /** Bytes of all rows that a transaction has written, about. */
    static final long MOST_BYTES = 16L << 20;

    /**
     * A row that was written.
     *
     * @param base as the snapshot has it; {@code null}: it has none
     * @param now as it will be; {@code null}: removed
     */
    record Written(
            TableDefinition table,
            Row key,
            @Nullable StoredRow base,
            @Nullable Row now) {

        private long bytes() {
            return now == null
                    ? 0
                    : now.values().stream().mapToLong(Value::memoryBytes).sum();
        }
    }

    private final Map<RowKey, Written> rows = new LinkedHashMap<>();
    private final Budget budget;
    private long bytes;

    /** @param budget of all transactions of the router */
    BufferedRows(Budget budget) {
        this.budget = budget;
    }

    /** A row that was written; {@code null} when it was not. */
    @Nullable
    Written find(RowKey key) {
        return rows.get(key);
    }

    /** All rows that were written, in the order in which they were written first. */
    Collection<Written> all() {
        return rows.values();
    }

    /** The rows of a table that were written. */
    List<Written> of(TableDefinition table) {
        return rows.values().stream()
                .filter(row -> row.table().name().equals(table.name()))
                .toList();
    }

    /**
     * Carries out the operations of a request, all or none.
     *
     * @param base a row as the snapshot has it
     * @param keeping is told which rows change before they do; what it throws leaves all as it was
     * @return how many operations changed a row
     * @throws DatabaseException why one of them fails: then nothing is changed
     */
    int apply(
            List<RowOperations.Operation> operations,
            Function<RowKey, @Nullable StoredRow> base,
            Consumer<Set<RowKey>> keeping) {
        Map<RowKey, Written> next = new HashMap<>();
        List<RowKey> order = new ArrayList<>();
        int changed = 0;
        for (RowOperations.Operation operation : operations) {
            RowKey key = new RowKey(operation.table().name(), operation.key());
            Written known = next.getOrDefault(key, rows.get(key));
            Written present = known == null ? unwritten(operation, base.apply(key)) : known;
            Written after = after(operation, present, known != null);
            if (after != null) {
                changed++;
                next.put(key, after);
                order.add(key);
            }
        }
        keeping.accept(Set.copyOf(order));
        keep(next, order);
        return changed;
    }

    private static Written unwritten(RowOperations.Operation operation, @Nullable StoredRow base) {
        return new Written(operation.table(), operation.key(), base, base == null ? null : base.row());
    }

    /** @param written whether the transaction has changed it: then it has no version */
    private static @Nullable Written after(RowOperations.Operation operation, Written present, boolean written) {
        Row now = present.now();
        StoredRow base = present.base();
        StoredRow visible = now == null ? null : new StoredRow(now, written || base == null ? 0 : base.version());
        return switch (operation.change().on(visible)) {
            case Effect.Nothing _ -> null;
            case Effect.Written(Row row) -> new Written(present.table(), present.key(), base, row);
            case Effect.Removed _ -> new Written(present.table(), present.key(), base, null);
            case Effect.Failed(ErrorCode code, String reason) ->
                throw new DatabaseException(
                        code,
                        "operation " + operation.number() + " on table "
                                + operation.table().name() + ": " + reason,
                        Map.of(
                                "operation",
                                Integer.toString(operation.number()),
                                "row",
                                Integer.toString(operation.number()),
                                "table",
                                operation.table().name()));
        };
    }

    private void keep(Map<RowKey, Written> next, List<RowKey> order) {
        long more = 0;
        int added = 0;
        for (Map.Entry<RowKey, Written> each : next.entrySet()) {
            Written before = rows.get(each.getKey());
            more += each.getValue().bytes() - (before == null ? 0 : before.bytes());
            added += before == null ? 1 : 0;
        }
        if (rows.size() + added > MOST_ROWS || bytes + more > MOST_BYTES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a transaction writes at most " + MOST_ROWS + " rows and " + MOST_BYTES
                            + " bytes; this request was not added to it");
        }
        budget.use(more);
        bytes += more;
        order.forEach(key -> {
            Written written = next.get(key);
            if (written != null) {
                rows.put(key, written);
            }
        });
    }

    /** They are not needed any more. */
    void clear() {
        rows.clear();
        budget.use(-bytes);
        bytes = 0;
    }
}
