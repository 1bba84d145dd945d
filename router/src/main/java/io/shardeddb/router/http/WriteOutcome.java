package io.shardeddb.router.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.router.forward.Writes;
import java.io.IOException;
import java.util.function.Predicate;

/** What happened to each row of a write over several shards. */
public final class WriteOutcome {

    private WriteOutcome() {}

    /**
     * Members "committed", "failed" and "unknown", with the numbers of the request's rows from 0, and "errors" by
     * shard.
     */
    public static void write(JsonGenerator json, Writes.Result result) throws IOException {
        numbers(json, "committed", result, part -> part.error() == null);
        numbers(
                json,
                "failed",
                result,
                part -> part.error() != null && part.error().kind() != ErrorKind.UNKNOWN);
        numbers(
                json,
                "unknown",
                result,
                part -> part.error() != null && part.error().kind() == ErrorKind.UNKNOWN);
        json.writeArrayFieldStart("errors");
        for (Writes.PartResult part : result.parts()) {
            DatabaseException error = part.error();
            if (error != null) {
                json.writeStartObject();
                json.writeStringField("shard", part.part().shard().name());
                json.writeStringField("message", error.text());
                Answers.writeError(json, error);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static void numbers(
            JsonGenerator json, String name, Writes.Result result, Predicate<Writes.PartResult> which)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Writes.PartResult part : result.parts()) {
            if (which.test(part)) {
                for (int number : part.part().numbers()) {
                    json.writeNumber(number);
                }
            }
        }
        json.writeEndArray();
    }
}
