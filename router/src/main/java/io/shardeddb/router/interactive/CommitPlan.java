package io.shardeddb.router.interactive;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one write that a transaction comes to: each of its rows on the condition that nobody else has changed it since,
 * and checks of what it has read. Pure.
 */
final class CommitPlan {
    private final Topology topology;
    private final List<BufferedRows.Written> rows = new ArrayList<>();
    private final List<ObservedReads.Observed> checks;

    /**
     * Of a transaction.
     *
     * @param topology tables and shards that it has seen
     * @param reads what it depends on; {@code null} where it depends on the rows that it writes alone
     */
    CommitPlan(Topology topology, BufferedRows written, @Nullable ObservedReads reads) {
        this.topology = topology;
        for (BufferedRows.Written row : written.all()) {
            if (row.now() != null || row.base() != null) {
                rows.add(row);
            } else if (reads != null) {
                // It was inserted and removed: what remains is that there was none.
                ShardEntry shard = topology.shardOf(row.table(), row.key());
                reads.key(row.table(), shard.group(), row.key(), null);
            }
        }
        checks = reads == null ? List.of() : reads.checks(rows);
    }

    /** Whether it changes nothing: then the moment that it has seen is the moment at which it ran. */
    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Rows that it changes. */
    int rows() {
        return rows.size();
    }

    /** The shard of the first row: it decides. */
    ShardEntry decider() {
        BufferedRows.Written first = rows.getFirst();
        return topology.shardOf(first.table(), first.key());
    }

    /**
     * The write, for the tables and shards of now.
     *
     * @throws DatabaseException TRANSACTION_CONFLICT when these are not those that the transaction has seen
     */
    WritePlan on(Topology now) {
        requireSame(now);
        WritePlan plan = new WritePlan((TableDefinition) null);
        plan.wholeAlways();
        for (BufferedRows.Written row : rows) {
            ShardEntry shard = now.shardOf(row.table(), row.key());
            plan.add(shard, operation(row).setTable(plan.number(row.table())).build());
        }
        Map<GroupId, ShardEntry> shards = new HashMap<>();
        now.shards().forEach(shard -> shards.put(shard.group(), shard));
        for (ObservedReads.Observed check : checks) {
            ShardEntry shard = shards.get(check.shard());
            if (shard == null) {
                throw changed();
            }
            plan.add(
                    shard,
                    RowOperation.newBuilder()
                            .setKind(OperationKind.CHECK_RANGE)
                            .setTable(plan.number(check.table()))
                            .setCheck(check.check())
                            .build());
        }
        return plan;
    }

    private void requireSame(Topology now) {
        boolean same = now.schema().version() == topology.schema().version()
                && now.schema().hash() == topology.schema().hash()
                && owners(now).equals(owners(topology));
        if (!same) {
            throw changed();
        }
    }

    private record Owner(GroupId group, Interval interval, long epoch) {}

    private static List<Owner> owners(Topology topology) {
        return topology.shards().stream()
                .map(shard -> new Owner(shard.group(), shard.interval(), shard.epoch()))
                .toList();
    }

    private static DatabaseException changed() {
        return new DatabaseException(
                ErrorCode.TRANSACTION_CONFLICT,
                "tables or shards have changed since the transaction began; nothing was changed. Begin it again");
    }

    private static RowOperation.Builder operation(BufferedRows.Written row) {
        StoredRow base = row.base();
        Precondition unchanged = base == null ? new Precondition.Absent() : new Precondition.Unchanged(base.version());
        Row now = row.now();
        RowOperation.Builder operation = RowOperation.newBuilder().addConditions(ChangeCodec.toWire(unchanged));
        return now == null
                ? operation.setKind(OperationKind.DELETE).setKey(RowCodec.encode(row.key()))
                : operation.setKind(OperationKind.UPSERT).setRow(RowCodec.encode(now));
    }

    /** The final error of the write, as the transaction tells it. */
    DatabaseException conflict(DatabaseException error) {
        return switch (error.code()) {
            case CONDITION_FAILED, DUPLICATE_KEY, ROW_NOT_FOUND ->
                new DatabaseException(
                        ErrorCode.TRANSACTION_CONFLICT,
                        "another write came first; nothing of the transaction was changed. Begin it again",
                        where(error));
            default -> error;
        };
    }

    /** Where the write failed: the table and the key of the row, or the table whose range it was. */
    Map<String, String> where(DatabaseException error) {
        String number = error.details().get("row");
        if (number == null || !number.matches("[0-9]{1,9}")) {
            return Map.of();
        }
        int at = Integer.parseInt(number);
        if (at < rows.size()) {
            return Map.of(
                    "table",
                    rows.get(at).table().name(),
                    "key",
                    text(rows.get(at).key()));
        }
        int check = at - rows.size();
        return check < checks.size() ? Map.of("table", checks.get(check).table().name()) : Map.of();
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Null _ -> "null";
            case Value.Int64(long number) -> Long.toString(number);
            case Value.Unsigned64(long bits) -> Long.toUnsignedString(bits);
            case Value.Real(double number) -> Double.toString(number);
            case Value.Text(String text) -> text;
            case Value.Blob(var bytes) -> HexFormat.of().formatHex(bytes.toByteArray());
        };
    }

    private static String text(Row key) {
        List<String> values = new ArrayList<>();
        key.values().forEach(value -> values.add(text(value)));
        return String.join(",", values);
    }
}
