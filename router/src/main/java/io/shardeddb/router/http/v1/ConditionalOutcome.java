package io.shardeddb.router.http.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.ShownRow;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.json.RowOutput;
import io.shardeddb.router.route.Projection;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to a batch that depends on rows: the outcome of each operation. */
final class ConditionalOutcome {

    private ConditionalOutcome() {}

    /** A row as it is shown. */
    private record Shown(TableDefinition table, ShownRow row) {}

    /**
     * Members "operations", "affected" and "timestamp" as ever, "versions" with the new version of each operation's row
     * or null, "failed" with the operations that failed while others stood, and "rows" if they are to be shown.
     */
    static byte[] document(Writes.Result result) {
        return JsonOutput.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("operations", result.operations());
            json.writeNumberField("affected", result.affectedOperations());
            json.writeNumberField("timestamp", result.timestamp());
            json.writeArrayFieldStart("versions");
            for (long version : result.versions()) {
                if (version == 0) {
                    json.writeNull();
                } else {
                    json.writeString(Long.toString(version));
                }
            }
            json.writeEndArray();
            json.writeArrayFieldStart("failed");
            for (Map.Entry<Integer, DatabaseException> each : result.failed().entrySet()) {
                json.writeStartObject();
                json.writeNumberField("row", each.getKey());
                Answers.writeError(json, each.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            writeRows(json, result);
            json.writeEndObject();
        });
    }

    private static void writeRows(JsonGenerator json, Writes.Result result) throws IOException {
        Map<Integer, Shown> shown = shown(result);
        if (shown.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("rows");
        for (int i = 0; i < result.operations(); i++) {
            write(json, shown.get(i));
        }
        json.writeEndArray();
    }

    private static Map<Integer, Shown> shown(Writes.Result result) {
        Map<Integer, Shown> shown = new HashMap<>();
        for (Writes.PartResult part : result.parts()) {
            WriteReply reply = part.reply();
            for (int i = 0; reply != null && i < reply.getShownCount(); i++) {
                TableDefinition table = part.part().tableOf(i);
                if (table != null) {
                    shown.put(part.part().numbers().get(i), new Shown(table, reply.getShown(i)));
                }
            }
        }
        return shown;
    }

    private static void write(JsonGenerator json, @Nullable Shown shown) throws IOException {
        if (shown == null || shown.row().getRow().isEmpty()) {
            json.writeNull();
            return;
        }
        TableDefinition table = shown.table();
        json.writeStartObject();
        json.writeStringField("version", Long.toString(shown.row().getVersion()));
        json.writeFieldName("row");
        new RowOutput(table, Projection.all(table).wanted(), true)
                .write(
                        json,
                        RowCodec.decode(shown.row().getRow(), table.columns().size()));
        json.writeEndObject();
    }
}
