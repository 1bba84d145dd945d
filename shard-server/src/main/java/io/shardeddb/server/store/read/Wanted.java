package io.shardeddb.server.store.read;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.server.store.request.RequestPlan;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to read, resolved against the schema.
 *
 * @param columns places of the columns wanted
 * @param keys of a selection by keys, in the request's order
 * @param positions of these keys
 * @param bounds of a range
 * @param filter that leaves rows of a range out; absent: all are wanted
 */
record Wanted(
        ReadRequest request,
        long schemaVersion,
        StoredTable table,
        List<Integer> columns,
        List<Row> keys,
        List<Long> positions,
        RowPages.Bounds bounds,
        @Nullable DocumentNarrowing filter) {

    /**
     * Resolves a request.
     *
     * @throws DatabaseException the refusal
     */
    static Wanted of(ReadRequest request, @Nullable StoredSchema schema) {
        if (schema == null) {
            throw new DatabaseException(ErrorCode.NOT_INITIALISED, "the shard has no tables yet");
        }
        if (request.getSchemaVersion() != 0) {
            schema.definition().require(request.getSchemaVersion(), request.getSchemaHash());
        }
        StoredTable table = schema.find(request.getTable());
        if (table == null) {
            throw new DatabaseException(
                    ErrorCode.UNKNOWN_TABLE,
                    "there is no table '" + request.getTable() + "'",
                    Map.of("table", request.getTable()));
        }
        TableDefinition definition = table.definition();
        List<Integer> columns = request.getColumnsCount() == 0 ? table.allColumns() : request.getColumnsList();
        for (int column : columns) {
            if (column < 0 || column >= definition.columns().size()) {
                throw new DatabaseException(
                        ErrorCode.UNKNOWN_COLUMN,
                        "column " + column + " of " + definition.columns().size() + " in table " + definition.name());
            }
        }
        try {
            List<Row> keys = new ArrayList<>(request.getKeys().getKeysCount());
            List<Long> positions = new ArrayList<>(request.getKeys().getKeysCount());
            for (ByteString bytes : request.getKeys().getKeysList()) {
                Row key = RowCodec.decode(bytes, definition.keySize());
                keys.add(key);
                positions.add(schema.definition().positionOfKey(definition, key));
            }
            return new Wanted(
                    request,
                    schema.version(),
                    table,
                    List.copyOf(columns),
                    keys,
                    positions,
                    bounds(request.getRange(), definition),
                    DocumentNarrowing.of(request.getDocumentFilter(), definition));
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a key does not fit the table: " + e.getMessage());
        }
    }

    private static RowPages.Bounds bounds(RangeSelection range, TableDefinition table) {
        return new RowPages.Bounds(
                range.hasFrom() ? bound(range.getFrom(), table) : null,
                range.getFromExclusive(),
                range.hasTo() ? bound(range.getTo(), table) : null,
                range.getToExclusive(),
                range.getDescending());
    }

    private static @Nullable Row bound(ByteString bytes, TableDefinition table) {
        Row bound = RowCodec.decode(bytes);
        if (bound.size() > table.keySize()) {
            throw new IllegalArgumentException("a bound has " + bound.size() + " values, the key " + table.keySize());
        }
        return bound.size() == 0 ? null : bound;
    }

    /** Why a view must not answer this request; absent when it may. */
    @Nullable
    DatabaseException refusal(ViewState state) {
        if (state.schemaVersion() != schemaVersion) {
            return schemaChanged(schemaVersion, state.schemaVersion());
        }
        Interval interval = state.interval();
        if (interval == null) {
            return RequestPlan.moved(null, state.epoch(), Map.of());
        }
        for (long position : positions) {
            if (!interval.contains(position)) {
                return RequestPlan.moved(interval, state.epoch(), Map.of());
            }
        }
        boolean otherEpoch = request.getEpoch() != 0 && request.getEpoch() != state.epoch();
        return request.hasKeys() || !otherEpoch ? null : RequestPlan.moved(interval, state.epoch(), Map.of());
    }

    private static DatabaseException schemaChanged(long wanted, long present) {
        return new DatabaseException(
                ErrorCode.SCHEMA_CHANGED,
                "the request was made for schema version " + wanted + ", the shard has " + present,
                Map.of("schemaVersion", Long.toString(present)));
    }

    /** The answer: the rows of a view, or why it may not answer. */
    ReadReply reply(ViewState state, List<RowPages.Found> rows, boolean more) {
        ReadReply.Builder reply = ReadReply.newBuilder().setIndex(state.index()).setEpoch(state.epoch());
        Interval interval = state.interval();
        if (interval != null) {
            reply.setInterval(interval.toWire());
        }
        DatabaseException refusal = refusal(state);
        if (refusal != null) {
            return reply.setError(refusal.toWire()).build();
        }
        reply.setMore(more);
        for (RowPages.Found found : rows) {
            reply.addRows(found.row());
            if (request.getWithTimestamps()) {
                reply.addTimestamps(found.timestamp());
            }
        }
        return reply.build();
    }
}
