package io.shardeddb.router.http.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import java.io.IOException;

/** Answers in the assignment's shapes; ours only add members. */
public final class SeedAnswers {

    private SeedAnswers() {}

    /** A message with its status word. */
    public static MutableHttpResponse<byte[]> message(String message, String word) {
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("message", message);
            json.writeStringField("status", word);
            json.writeEndObject();
        });
    }

    /** An error. */
    public static MutableHttpResponse<byte[]> error(DatabaseException error) {
        return Answers.json(error.code().httpStatus(), json -> {
            json.writeStartObject();
            json.writeStringField("message", "<Error> " + error.text());
            json.writeStringField("status", "failure");
            writeError(json, error);
            json.writeEndObject();
        });
    }

    /** The members of an error: ours, and those in which other clients of these endpoints look for the reason. */
    static void writeError(JsonGenerator json, DatabaseException error) throws IOException {
        Answers.writeError(json, error);
        json.writeStringField("error", error.text());
        // The SQL coordinator's.
        json.writeStringField("detail", error.text());
    }

    /** An error, however it is wrapped. */
    static HttpResponse<?> error(Throwable failure) {
        return error(Writes.error(failure));
    }
}
