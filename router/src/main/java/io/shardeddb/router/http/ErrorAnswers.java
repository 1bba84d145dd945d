package io.shardeddb.router.http;

import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.router.json.JsonOutput;

/** Errors of our own interface, in the manner of RFC 9457: code, kind, a sentence, and the details. */
public final class ErrorAnswers {

    private static final MediaType PROBLEM = MediaType.of("application/problem+json");

    private ErrorAnswers() {}

    /** The answer of an error. */
    public static MutableHttpResponse<byte[]> of(DatabaseException error) {
        return of(error, json -> {});
    }

    /** The answer of an error, with further members. */
    public static MutableHttpResponse<byte[]> of(DatabaseException error, JsonOutput.Writing more) {
        return Answers.json(error.code().httpStatus(), json -> {
                    json.writeStartObject();
                    json.writeNumberField("status", error.code().httpStatus());
                    json.writeStringField("message", error.text());
                    Answers.writeError(json, error);
                    more.write(json);
                    json.writeEndObject();
                })
                .contentType(PROBLEM);
    }
}
