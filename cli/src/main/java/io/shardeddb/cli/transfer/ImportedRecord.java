package io.shardeddb.cli.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A record of a file.
 *
 * @param line where it begins, from 1
 * @param content the row or document; null when it is none
 * @param fault why it is none; empty otherwise
 */
record ImportedRecord(long line, @Nullable ObjectNode content, String fault) {

    /** A line for the file of refused records. */
    String refused(String reason) {
        ObjectNode said = Json.object().put("line", line).put("reason", reason);
        if (content != null) {
            said.set("record", content);
        }
        return said.toString();
    }
}
