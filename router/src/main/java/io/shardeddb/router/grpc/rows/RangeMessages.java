package io.shardeddb.router.grpc.rows;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.api.v1.ReadRangeRequest;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.Continuation;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import java.util.ArrayList;
import java.util.List;

/** Ranges as messages. Pure. */
final class RangeMessages {

    private RangeMessages() {}

    /** The keys that a request asks for. @throws io.shardeddb.protocol.error.DatabaseException of kind INVALID */
    static KeyRange range(ReadRangeRequest request, TableDefinition table) {
        KeyRange range = new KeyRange(
                request.hasFrom() ? ValueMessages.key(request.getFrom(), table, "from", false) : null,
                false,
                request.hasTo() ? ValueMessages.key(request.getTo(), table, "to", false) : null,
                false,
                request.getDescending());
        return request.getContinuation().isEmpty()
                ? range
                : range.after(Continuation.parse(request.getContinuation(), table));
    }

    /** Greatest number of rows, 0 for none. @throws io.shardeddb.protocol.error.DatabaseException MALFORMED_REQUEST */
    static int limit(ReadRangeRequest request) {
        if (request.getLimit() < 0 || request.getLimit() == Integer.MAX_VALUE) {
            throw GivenOptions.wrong("limit", "below 2,147,483,647");
        }
        return request.getLimit();
    }

    /**
     * The columns wanted; all when none are named.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException UNKNOWN_COLUMN; MALFORMED_REQUEST for one named twice
     */
    static Projection projection(TableDefinition table, List<String> names) {
        if (names.isEmpty()) {
            return Projection.all(table);
        }
        List<Integer> columns = new ArrayList<>();
        for (String name : names) {
            int column = table.indexOf(name);
            if (column < 0) {
                throw RowInput.unknownColumn(name, table);
            }
            if (columns.contains(column)) {
                throw GivenOptions.wrong("columns", "names without repetitions");
            }
            columns.add(column);
        }
        return Projection.of(table, columns);
    }
}
