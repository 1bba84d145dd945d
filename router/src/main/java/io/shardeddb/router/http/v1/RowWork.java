package io.shardeddb.router.http.v1;

import io.micronaut.http.MediaType;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.router.json.ContentHash;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request does with rows, by its path and method. Pure. */
enum RowWork {
    READ,
    INSERT,
    UPSERT,
    UPDATE,
    DELETE,
    BATCH,
    NOT_ALLOWED;

    static RowWork of(RowTarget.Shape shape, String method) {
        if (shape == RowTarget.Shape.BATCH || shape == RowTarget.Shape.TABLES_BATCH) {
            return method.equals("POST") ? BATCH : NOT_ALLOWED;
        }
        return switch (method) {
            case "GET", "HEAD" -> READ;
            case "POST" -> shape == RowTarget.Shape.ROWS ? INSERT : NOT_ALLOWED;
            case "PUT" -> UPSERT;
            case "PATCH" -> UPDATE;
            case "DELETE" -> DELETE;
            default -> NOT_ALLOWED;
        };
    }

    /** Refuses who takes other types than JSON alone. */
    static void refuseOtherTypes(@Nullable String accept) {
        if (accept == null
                || accept.contains("*/*")
                || accept.contains("application/json")
                || accept.contains("application/*")) {
            return;
        }
        List<MediaType> types = MediaType.orderedOf(accept);
        if (!types.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "Specified Accept Types " + types + " not supported. Supported types: [application/json]");
        }
    }

    /** Hashes what was sent: the same however the tables have changed since. */
    long content(RowTarget target, EntityTags tags, byte[] body) {
        String what = this + "\n" + target.table() + "\n" + String.join("\n", target.key());
        return ContentHash.of(tags.text().isEmpty() ? what : what + "\n" + tags.text(), body);
    }

    /**
     * The operations that a request asks for.
     *
     * @param conditions of its headers
     * @throws DatabaseException of kind INVALID
     */
    WritePlan plan(Topology now, RowTarget target, List<Precondition> conditions, byte[] body) {
        String table = target.table();
        List<String> key = target.key();
        if (!conditions.isEmpty() && key.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "If-Match and If-None-Match are for one row, named in the path;"
                            + " operations of a batch have \"if\"",
                    Map.of("header", "If-Match"));
        }
        return switch (this) {
            case INSERT -> TableRequests.rows(now, table, OperationKind.INSERT, body);
            case UPSERT -> changed(now, table, OperationKind.UPSERT, key, conditions, body);
            case UPDATE -> changed(now, table, OperationKind.UPDATE, key, conditions, body);
            case DELETE ->
                key.isEmpty()
                        ? TableRequests.rows(now, table, OperationKind.DELETE, body)
                        : TableRequests.delete(
                                now, table, KeyText.key(now.schema().table(table), key), conditions);
            case BATCH -> TableRequests.batch(now, target.shape() == RowTarget.Shape.TABLES_BATCH ? null : table, body);
            case READ, NOT_ALLOWED -> throw new IllegalStateException(this + " writes nothing");
        };
    }

    private static WritePlan changed(
            Topology now,
            String table,
            OperationKind kind,
            List<String> key,
            List<Precondition> conditions,
            byte[] body) {
        return key.isEmpty()
                ? TableRequests.rows(now, table, kind, body)
                : TableRequests.row(now, table, kind, KeyText.key(now.schema().table(table), key), conditions, body);
    }
}
