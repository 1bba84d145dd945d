package io.shardeddb.router.http;

import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.json.JsonOutput;
import java.util.Map;

/** Errors of our own interface, in the manner of RFC 9457: code, kind, a sentence, and the details. */
public final class ErrorAnswers {

    private static final MediaType PROBLEM = MediaType.of("application/problem+json");

    private ErrorAnswers() {}

    /** The answer of an error. */
    public static MutableHttpResponse<byte[]> of(DatabaseException error) {
        return Answers.json(error.code().httpStatus(), document(error, json -> {}))
                .contentType(PROBLEM);
    }

    /** The document of an error, with further members. */
    public static byte[] document(DatabaseException error, JsonOutput.Writing more) {
        return JsonOutput.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("status", error.code().httpStatus());
            json.writeStringField("message", error.text());
            Answers.writeError(json, error);
            more.write(json);
            json.writeEndObject();
        });
    }

    /** The error for a method that a path does not have. */
    public static DatabaseException notAllowed(String method, String path) {
        return new DatabaseException(
                ErrorCode.METHOD_NOT_ALLOWED,
                method + " is not allowed on '" + path + "'",
                Map.of("path", path, "method", method));
    }
}
