package io.shardeddb.router.grpc.rows;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.api.v1.FailedOperation;
import io.shardeddb.protocol.wire.api.v1.ShownRow;
import io.shardeddb.protocol.wire.api.v1.WriteReply;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.grpc.ErrorStatus;
import io.shardeddb.router.route.Projection;
import java.util.HashMap;
import java.util.Map;

/** The outcomes of writes, as messages. Pure. */
final class WriteAnswers {

    private WriteAnswers() {}

    /**
     * The answer to a write.
     *
     * @throws DatabaseException the gravest error, when the write was not done as a whole
     */
    static WriteReply reply(Writes.Result result, SessionToken session) {
        DatabaseException error = result.gravest();
        if (error != null) {
            throw error;
        }
        WriteReply.Builder reply = WriteReply.newBuilder()
                .setOperations(result.operations())
                .setAffected(result.affectedOperations())
                .setTimestamp(result.timestamp())
                .setSessionToken(session.with(result.indexes()).text());
        for (long version : result.versions()) {
            reply.addVersions(version);
        }
        result.failed()
                .forEach((operation, failure) -> reply.addFailed(
                        FailedOperation.newBuilder().setOperation(operation).setError(ErrorStatus.message(failure))));
        Map<Integer, ShownRow> shown = shown(result);
        for (int i = 0; !shown.isEmpty() && i < result.operations(); i++) {
            reply.addRows(shown.getOrDefault(i, ShownRow.getDefaultInstance()));
        }
        return reply.build();
    }

    private static Map<Integer, ShownRow> shown(Writes.Result result) {
        Map<Integer, ShownRow> shown = new HashMap<>();
        for (Writes.PartResult part : result.parts()) {
            var reply = part.reply();
            for (int i = 0; reply != null && i < reply.getShownCount(); i++) {
                TableDefinition table = part.part().tableOf(i);
                if (table != null) {
                    shown.put(part.part().numbers().get(i), shown(table, reply.getShown(i)));
                }
            }
        }
        return shown;
    }

    private static ShownRow shown(TableDefinition table, io.shardeddb.protocol.wire.ShownRow row) {
        return row.getRow().isEmpty()
                ? ShownRow.getDefaultInstance()
                : ShownRow.newBuilder()
                        .setVersion(row.getVersion())
                        .setRow(ValueMessages.message(
                                table,
                                Projection.all(table).wanted(),
                                RowCodec.decode(row.getRow(), table.columns().size())))
                        .build();
    }
}
