package io.shardeddb.server.data;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.ConditionalChange;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.store.transaction.LockRange;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a leader refuses before it proposes: other layouts, values that their columns cannot hold, keys that are not
 * this shard's. What gets into the log can then fail on a replica only as data may.
 */
public final class WriteChecks {
    private static final int MAX_OPERATIONS = 20_000;

    /**
     * Each of them takes a timestamp, and the timestamp service gives so many at once, with room for other requests.
     */
    private static final int MAX_OPERATIONS_ALONE = 10_000;

    private static final int MAX_BYTES = 16 << 20;

    private WriteChecks() {}

    /**
     * The request as it goes into the log.
     *
     * @throws DatabaseException with the operation that is wrong
     */
    public static LoggedRequest check(WriteRequest request, ReplicaView view) {
        DatabaseSchema schema = view.schema();
        Interval interval = view.interval();
        if (schema == null || interval == null || !view.open()) {
            throw new DatabaseException(
                    ErrorCode.SHARD_CLOSED, "shard " + view.shard() + " is not open for clients yet");
        }
        if (request.getRequest().getClient().isEmpty()) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a write needs a request id");
        }
        schema.require(request.getSchemaVersion(), request.getSchemaHash());
        TransactionChecks.check(request);
        if (request.getEpoch() != view.epoch()) {
            throw moved(view, interval, "the request names epoch " + request.getEpoch());
        }
        List<RowOperation> operations = operations(request);
        if (operations.isEmpty()) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a write needs an operation");
        }
        int allowed = request.getEachAlone() ? MAX_OPERATIONS_ALONE : MAX_OPERATIONS;
        if (operations.size() > allowed || request.getSerializedSize() > MAX_BYTES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    operations.size() + " operations, " + request.getSerializedSize() + " bytes; at most " + allowed
                            + " and " + MAX_BYTES + " are allowed");
        }
        if (request.getRowsWanted() == RowsWanted.UNRECOGNIZED) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "rows wanted " + request.getRowsWantedValue() + " is not known");
        }
        List<TableDefinition> tables =
                request.getTablesList().stream().map(schema::table).toList();
        for (int i = 0; i < operations.size(); i++) {
            try {
                check(operations.get(i), tables, schema, view, interval);
            } catch (DatabaseException e) {
                throw e.with("operation", Integer.toString(i));
            }
        }
        LoggedRequest.Builder logged = LoggedRequest.newBuilder();
        if (request.hasTransaction()) {
            logged.setTransaction(request.getTransaction());
        }
        return logged.setRequest(request.getRequest())
                .setContentHash(request.getContentHash() == 0 ? contentHash(request) : request.getContentHash())
                .setClientHash(request.getContentHash() != 0)
                .setSchemaVersion(request.getSchemaVersion())
                .setEpoch(request.getEpoch())
                .addAllTables(request.getTablesList())
                .addAllOperations(operations)
                .setEachAlone(request.getEachAlone())
                .setRowsWanted(request.getRowsWanted())
                .build();
    }

    private static List<RowOperation> operations(WriteRequest request) {
        List<List<RowOperation>> lists = List.of(
                request.getOperationsList(),
                request.getConditionalOperationsList(),
                request.getTransactionOperationsList());
        List<List<RowOperation>> given =
                lists.stream().filter(list -> !list.isEmpty()).toList();
        if (given.size() > 1) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a write has its operations in one list");
        }
        return given.isEmpty() ? List.of() : given.getFirst();
    }

    /**
     * Of what the request does, not of when or under which id: for routers of older versions, which do not hash what
     * the client sent.
     */
    private static long contentHash(WriteRequest request) {
        return Hash64.of(WriteRequest.newBuilder()
                .addAllTables(request.getTablesList())
                .addAllOperations(request.getOperationsList())
                .addAllConditionalOperations(request.getConditionalOperationsList())
                .addAllTransactionOperations(request.getTransactionOperationsList())
                .setEachAlone(request.getEachAlone())
                .build()
                .toByteArray());
    }

    private static void check(
            RowOperation operation,
            List<TableDefinition> tables,
            DatabaseSchema schema,
            ReplicaView view,
            Interval interval) {
        if (operation.getTable() < 0 || operation.getTable() >= tables.size()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "table " + operation.getTable() + " of " + tables.size());
        }
        TableDefinition table = tables.get(operation.getTable());
        if (operation.getKind() == OperationKind.CHECK_RANGE) {
            checkRange(operation, table);
            return;
        }
        checkConditions(operation, table);
        long position = switch (operation.getKind()) {
            case INSERT, INSERT_IF_ABSENT, UPSERT -> schema.position(table, checkedRow(operation, table));
            case UPDATE -> {
                if (operation.getColumnsCount() == 0 && operation.getComputationsCount() == 0) {
                    throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "an update sets no column");
                }
                checkColumns(operation, table);
                yield schema.positionOfKey(table, checkedKey(operation, table));
            }
            case DELETE -> schema.positionOfKey(table, checkedKey(operation, table));
            case CHECK_RANGE, OPERATION_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "an operation without a kind");
        };
        if (!interval.contains(position)) {
            throw moved(view, interval, "position " + position + " is asked for");
        }
    }

    private static void checkRange(RowOperation operation, TableDefinition table) {
        LockRange range;
        try {
            range = LockRange.of(table, operation.getCheck());
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "a range does not fit table " + table.name() + ": " + e.getMessage());
        }
        checkBound(range.from(), table);
        checkBound(range.to(), table);
    }

    /** Every replica compares it with keys. */
    private static void checkBound(@Nullable Row bound, TableDefinition table) {
        for (int i = 0; bound != null && i < bound.size(); i++) {
            check(bound.get(i), table.keyColumn(i), true);
        }
    }

    private static DatabaseException moved(ReplicaView view, Interval interval, String asked) {
        return new DatabaseException(
                ErrorCode.MOVED,
                "shard " + view.shard() + " owns " + interval + " under epoch " + view.epoch() + "; " + asked,
                Map.of("epoch", Long.toString(view.epoch())));
    }

    private static Row checkedRow(RowOperation operation, TableDefinition table) {
        Row row = decode(operation.getRow(), table.columns().size());
        for (int i = 0; i < row.size(); i++) {
            check(row.get(i), table.column(i), table.inPrimaryKey(i));
        }
        return row;
    }

    private static void checkColumns(RowOperation operation, TableDefinition table) {
        Row row = decode(operation.getRow(), operation.getColumnsCount());
        for (int i = 0; i < row.size(); i++) {
            int column = operation.getColumns(i);
            if (column < 0 || column >= table.columns().size()) {
                throw new DatabaseException(ErrorCode.UNKNOWN_COLUMN, "column number " + column);
            }
            if (table.inPrimaryKey(column)) {
                throw new DatabaseException(
                        ErrorCode.KEY_NOT_CHANGEABLE,
                        "column " + table.column(column).name() + " belongs to the primary key");
            }
            check(row.get(i), table.column(column), false);
        }
    }

    /**
     * Conditions and computations must fit the table; the values in them must be canonical, since every replica
     * compares them.
     */
    private static void checkConditions(RowOperation operation, TableDefinition table) {
        if (operation.getConditionsCount() == 0 && operation.getComputationsCount() == 0) {
            return;
        }
        List<Precondition> conditions = ChangeCodec.conditions(operation);
        List<ComputedColumn> computed = ChangeCodec.computed(operation);
        new ConditionalChange(
                        table,
                        operation.getKind(),
                        Row.of(),
                        operation.getColumnsList(),
                        computed,
                        conditions,
                        operation.getMustExist())
                .check();
        for (Precondition condition : conditions) {
            if (condition instanceof Precondition.Column compared && !(compared.value() instanceof Value.Null)) {
                check(compared.value(), table.column(compared.column()), false);
            }
        }
    }

    private static Row checkedKey(RowOperation operation, TableDefinition table) {
        Row key = decode(operation.getKey(), table.keySize());
        for (int i = 0; i < key.size(); i++) {
            check(key.get(i), table.keyColumn(i), true);
        }
        return key;
    }

    private static Row decode(ByteString bytes, int size) {
        try {
            return RowCodec.decode(bytes, size);
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a row that is not canonical: " + e.getMessage());
        }
    }

    /** A value must be what coercing it again gives: of its column's type, in range, canonical. */
    private static void check(Value value, ColumnDefinition column, boolean key) {
        if (column.type() instanceof ColumnType.JsonType && value instanceof Value.Text(String json)) {
            int depth = CanonicalJson.depth(json);
            if (depth > CanonicalJson.MAX_STORED_DEPTH) {
                throw new DatabaseException(
                        ErrorCode.VALUE_OUT_OF_RANGE,
                        "column " + column.name() + " (JSON): " + CanonicalJson.tooDeep(depth),
                        Map.of("column", column.name()));
            }
        }
        if (needsNoCoercion(value, column.type())) {
            return;
        }
        Value stored = Coercion.coerce(input(value, column.type()), column, key, CoercionMode.STRICT);
        if (!stored.equals(value)) {
            throw new DatabaseException(
                    ErrorCode.WRONG_TYPE,
                    "column " + column.name() + " (" + column.type().text() + "): the value is not in canonical form",
                    Map.of("column", column.name()));
        }
    }

    /** Values whose only rule is a length or a syntax that the state machine's own checks cover. */
    private static boolean needsNoCoercion(Value value, ColumnType type) {
        return switch (type) {
            case ColumnType.JsonType ignored -> value instanceof Value.Text;
            case ColumnType.BinaryType binary ->
                value instanceof Value.Blob blob && blob.bytes().size() <= binary.length();
            case ColumnType.BlobType blobType ->
                value instanceof Value.Blob blob
                        && blob.bytes().size() <= blobType.size().bytes();
            default -> false;
        };
    }

    /** The input that gives this value. */
    private static @Nullable Object input(Value value, ColumnType type) {
        return switch (value) {
            case Value.Null ignored -> null;
            case Value.Int64(long number) -> {
                if (type instanceof ColumnType.BooleanType && (number == 0 || number == 1)) {
                    yield Boolean.valueOf(number == 1);
                }
                yield Long.valueOf(number);
            }
            case Value.Unsigned64(long bits) -> new BigInteger(Long.toUnsignedString(bits));
            case Value.Real(double number) -> Double.valueOf(number);
            case Value.Text(String text) -> text;
            case Value.Blob ignored -> List.of("bytes");
        };
    }
}
