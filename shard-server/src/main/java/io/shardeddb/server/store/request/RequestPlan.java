package io.shardeddb.server.store.request;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RangeCheck;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import io.shardeddb.server.store.transaction.LockKey;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.LockRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a logged request comes to at the point of the log where it stands: the changes to make, or the reason why it is
 * not run. The same on every replica, because it depends on the log alone.
 */
public sealed interface RequestPlan {

    /**
     * To be run.
     *
     * @param changes its operations in order
     * @param checks ranges that it depends on, which came after them
     * @param low least position of its rows; 0 when it has none
     * @param high greatest position of its rows; 0 when it has none
     */
    record Run(List<RowChange> changes, List<CheckedRange> checks, long low, long high) implements RequestPlan {

        /** Rows that it changes or looks at one by one, and ranges that it has read. */
        LockNeeds needs() {
            Set<LockKey> keys = new LinkedHashSet<>();
            changes.forEach(change -> keys.add(new LockKey(change.table().name(), RowCodec.encode(change.key()))));
            return new LockNeeds(keys, checks.stream().map(CheckedRange::range).toList());
        }
    }

    /**
     * A range that a request depends on: it must have the rows that were read of it.
     *
     * @param operation its place in the request
     * @param table whose range it is
     * @param range its bounds
     * @param rows how many rows it must have
     * @param checksum of these, as of {@link RangeChecksum}
     */
    record CheckedRange(int operation, StoredTable table, LockRange range, int rows, long checksum) {

        /** Whether these are the rows that were read. */
        public boolean holds(RangeChecksum found) {
            return found.rows() == rows && found.sum() == checksum;
        }

        /** Why the request fails where they are not. */
        public ErrorDetail failure() {
            return RequestWork.failure(
                    ErrorCode.CONDITION_FAILED,
                    "rows of the range have changed since they were read",
                    operation,
                    table.name());
        }
    }

    /** Not run, and not remembered: the same request may run later or elsewhere. */
    record Refused(DatabaseException error) implements RequestPlan {}

    /**
     * Who owns what at this point of the log.
     *
     * @param interval positions owned; absent: none
     * @param epoch of the interval
     * @param open whether clients may write
     */
    record Ownership(@Nullable Interval interval, long epoch, boolean open) {}

    /** Decides; pure. */
    static RequestPlan of(LoggedRequest request, RowTimes times, @Nullable StoredSchema schema, Ownership ownership) {
        try {
            return run(request, times, schema, ownership);
        } catch (DatabaseException e) {
            return new Refused(e);
        }
    }

    private static Run run(LoggedRequest request, RowTimes times, @Nullable StoredSchema schema, Ownership ownership) {
        if (!ownership.open()) {
            throw new DatabaseException(ErrorCode.SHARD_CLOSED, "the shard is not open for writes");
        }
        if (schema == null || schema.version() != request.getSchemaVersion()) {
            long version = schema == null ? 0 : schema.version();
            throw new DatabaseException(
                    ErrorCode.SCHEMA_CHANGED,
                    "the rows were made for schema version " + request.getSchemaVersion() + ", the shard has "
                            + version,
                    Map.of("schemaVersion", Long.toString(version)));
        }
        List<StoredTable> tables = tables(request, schema);
        List<RowChange> changes = new ArrayList<>(request.getOperationsCount());
        List<CheckedRange> checks = new ArrayList<>();
        long low = Long.MAX_VALUE;
        long high = Long.MIN_VALUE;
        for (int i = 0; i < request.getOperationsCount(); i++) {
            if (request.getOperations(i).getKind() == OperationKind.CHECK_RANGE) {
                checks.add(check(request.getOperations(i), i, tables));
                continue;
            }
            if (!checks.isEmpty()) {
                throw malformed("comes after a check of a range", i);
            }
            RowChange change = change(request.getOperations(i), i, times.of(i, request.getEachAlone()), tables);
            long position = position(schema.definition(), change, i);
            requireOwned(position, ownership, change.table(), i);
            low = Math.min(low, position);
            high = Math.max(high, position);
            changes.add(change);
        }
        return changes.isEmpty() ? new Run(changes, checks, 0, 0) : new Run(changes, checks, low, high);
    }

    private static CheckedRange check(RowOperation operation, int place, List<StoredTable> tables) {
        StoredTable table = table(operation, place, tables);
        try {
            RangeCheck check = operation.getCheck();
            LockRange range = LockRange.of(table.definition(), check);
            return new CheckedRange(place, table, range, check.getRows(), check.getChecksum());
        } catch (IllegalArgumentException e) {
            throw malformed("does not fit table " + table.name() + ": " + e.getMessage(), place);
        }
    }

    private static StoredTable table(RowOperation operation, int place, List<StoredTable> tables) {
        if (operation.getTable() < 0 || operation.getTable() >= tables.size()) {
            throw malformed("names table " + operation.getTable() + " of " + tables.size(), place);
        }
        return tables.get(operation.getTable());
    }

    private static List<StoredTable> tables(LoggedRequest request, StoredSchema schema) {
        List<StoredTable> tables = new ArrayList<>(request.getTablesCount());
        for (String name : request.getTablesList()) {
            StoredTable table = schema.find(name);
            if (table == null) {
                throw new DatabaseException(
                        ErrorCode.UNKNOWN_TABLE, "there is no table '" + name + "'", Map.of("table", name));
            }
            tables.add(table);
        }
        return tables;
    }

    private static RowChange change(RowOperation operation, int place, long timestamp, List<StoredTable> tables) {
        StoredTable table = table(operation, place, tables);
        TableDefinition definition = table.definition();
        List<Precondition> conditions = ChangeCodec.conditions(operation);
        List<ComputedColumn> computed = ChangeCodec.computed(operation);
        try {
            RowChange change = switch (operation.getKind()) {
                case INSERT, INSERT_IF_ABSENT, UPSERT -> {
                    Row row = RowCodec.decode(
                            operation.getRow(), definition.columns().size());
                    Row key = definition.keyOf(row);
                    requireKey(key, table, place);
                    yield new RowChange(
                            operation.getKind(), table, row, key, List.of(), false, timestamp, conditions, computed);
                }
                case UPDATE -> {
                    List<Integer> columns = columns(operation, definition, place);
                    Row key = RowCodec.decode(operation.getKey(), definition.keySize());
                    requireKey(key, table, place);
                    Row row = RowCodec.decode(operation.getRow(), columns.size());
                    yield new RowChange(
                            operation.getKind(),
                            table,
                            row,
                            key,
                            columns,
                            operation.getMustExist(),
                            timestamp,
                            conditions,
                            computed);
                }
                case DELETE -> {
                    Row key = RowCodec.decode(operation.getKey(), definition.keySize());
                    requireKey(key, table, place);
                    yield new RowChange(
                            operation.getKind(),
                            table,
                            Row.of(),
                            key,
                            List.of(),
                            operation.getMustExist(),
                            timestamp,
                            conditions,
                            computed);
                }
                case CHECK_RANGE, OPERATION_KIND_UNSPECIFIED, UNRECOGNIZED ->
                    throw malformed("has no known kind", place);
            };
            change.check();
            return change;
        } catch (IllegalArgumentException e) {
            throw malformed("does not fit table " + table.name() + ": " + e.getMessage(), place);
        }
    }

    private static List<Integer> columns(RowOperation operation, TableDefinition definition, int place) {
        if (operation.getColumnsCount() == 0 && operation.getComputationsCount() == 0) {
            throw malformed("sets no column", place);
        }
        for (int column : operation.getColumnsList()) {
            if (column < 0 || column >= definition.columns().size()) {
                throw malformed(
                        "names column " + column + " of " + definition.columns().size(), place);
            }
            if (definition.inPrimaryKey(column)) {
                throw new DatabaseException(
                        ErrorCode.KEY_NOT_CHANGEABLE,
                        "column " + definition.column(column).name()
                                + " is part of the primary key and cannot be updated",
                        Map.of("operation", Integer.toString(place), "table", definition.name()));
            }
        }
        return List.copyOf(operation.getColumnsList());
    }

    /** Texts that SQL takes for equal must be one key with one position: so no key ends with a space. */
    private static void requireKey(Row key, StoredTable table, int place) {
        for (Value value : key.values()) {
            if (value instanceof Value.Null) {
                throw new DatabaseException(
                        ErrorCode.NULL_NOT_ALLOWED,
                        "a primary key has no NULL",
                        Map.of("operation", Integer.toString(place), "table", table.name()));
            }
            if (value instanceof Value.Text(String text) && text.endsWith(" ")) {
                throw new DatabaseException(
                        ErrorCode.TRAILING_SPACE_IN_KEY,
                        "a key text ends with a space",
                        Map.of("operation", Integer.toString(place), "table", table.name()));
            }
        }
    }

    private static long position(DatabaseSchema schema, RowChange change, int place) {
        try {
            return schema.positionOfKey(change.table().definition(), change.key());
        } catch (IllegalArgumentException e) {
            throw malformed("has no position: " + e.getMessage(), place);
        }
    }

    private static void requireOwned(long position, Ownership ownership, StoredTable table, int place) {
        Interval interval = ownership.interval();
        if (interval == null || !interval.contains(position)) {
            throw moved(
                    interval, ownership.epoch(), Map.of("operation", Integer.toString(place), "table", table.name()));
        }
    }

    /** A position lies outside of what this group owns. */
    static DatabaseException moved(@Nullable Interval owned, long epoch, Map<String, String> details) {
        DatabaseException error =
                new DatabaseException(ErrorCode.MOVED, "the shard owns " + owned + " at epoch " + epoch, details);
        return error.with("epoch", Long.toString(epoch));
    }

    private static DatabaseException malformed(String what, int place) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "operation " + place + " " + what,
                Map.of("operation", Integer.toString(place)));
    }

    /** Whether an operation's kind adds rows and so needs a statement with all columns. */
    static boolean isInsert(OperationKind kind) {
        return kind == OperationKind.INSERT || kind == OperationKind.INSERT_IF_ABSENT;
    }
}
