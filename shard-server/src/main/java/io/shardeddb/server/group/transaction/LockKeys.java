package io.shardeddb.server.group.transaction;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.LockKey;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.LockRange;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which rows requests need, as the names of their locks. */
final class LockKeys {

    private LockKeys() {}

    /**
     * What a checked write's operations need.
     *
     * @param schema the tables that it was checked against
     */
    static LockNeeds of(LoggedRequest request, DatabaseSchema schema) {
        Set<LockKey> keys = new LinkedHashSet<>();
        List<LockRange> ranges = new ArrayList<>();
        for (RowOperation operation : request.getOperationsList()) {
            String table = request.getTables(operation.getTable());
            ByteString key = operation.getKey();
            if (operation.getKind() == OperationKind.CHECK_RANGE) {
                ranges.add(LockRange.of(schema.table(table), operation.getCheck()));
            } else {
                keys.add(new LockKey(table, key.isEmpty() ? keyOfRow(operation, schema.table(table)) : key));
            }
        }
        return new LockNeeds(keys, ranges);
    }

    private static ByteString keyOfRow(RowOperation operation, TableDefinition table) {
        return RowCodec.encode(
                table.keyOf(RowCodec.decode(operation.getRow(), table.columns().size())));
    }

    /**
     * For whose locks a read waits: those on a row that it may show; for a range, on any row of its table. A part of a
     * cut waits for those alone of which its router knows that they were decided.
     */
    static Set<Attempt> holders(ReadRequest request, TransactionView view) {
        if (request.hasCut()) {
            return request.getCut().getDecidedList().stream()
                    .map(Attempt::of)
                    .filter(view::isPrepared)
                    .collect(Collectors.toSet());
        }
        if (!request.hasKeys()) {
            return view.holdersIn(request.getTable());
        }
        List<LockKey> keys = request.getKeys().getKeysList().stream()
                .map(key -> new LockKey(request.getTable(), key))
                .toList();
        return view.holders(keys);
    }
}
