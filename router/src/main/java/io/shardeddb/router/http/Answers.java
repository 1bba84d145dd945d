package io.shardeddb.router.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.json.JsonOutput;
import java.io.InputStream;

/** Answers in JSON. */
public final class Answers {

    /** Seconds after which a refused or busy request may be tried again. */
    private static final String RETRY_AFTER_SECONDS = "1";

    private Answers() {}

    /** A document. */
    public static MutableHttpResponse<byte[]> json(int status, JsonOutput.Writing writing) {
        return json(status, JsonOutput.bytes(writing));
    }

    /** A document that is made already. */
    static MutableHttpResponse<byte[]> json(int status, byte[] document) {
        MutableHttpResponse<byte[]> response = HttpResponse.<byte[]>status(HttpStatus.valueOf(status))
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .body(document);
        if (status == HttpStatus.SERVICE_UNAVAILABLE.getCode()) {
            response.header("Retry-After", RETRY_AFTER_SECONDS);
        }
        if (status == HttpStatus.UNAUTHORIZED.getCode()) {
            response.header("WWW-Authenticate", "Bearer");
        }
        return response;
    }

    /** Adds the session token. */
    public static <B> MutableHttpResponse<B> with(MutableHttpResponse<B> response, SessionToken token) {
        String text = token.text();
        return text.isEmpty() ? response : response.header(RequestOptions.SESSION_TOKEN, text);
    }

    /** A document that is made while it is sent; a failure in it breaks the connection. */
    public static HttpResponse<?> stream(InputStream document) {
        return HttpResponse.ok(document).contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    /** Members "code", "kind" and "details" of an error. */
    public static void writeError(com.fasterxml.jackson.core.JsonGenerator json, DatabaseException error)
            throws java.io.IOException {
        json.writeStringField("code", error.code().name());
        json.writeStringField("kind", error.kind().name().toLowerCase(java.util.Locale.ROOT));
        json.writeObjectFieldStart("details");
        for (var detail : new java.util.TreeMap<>(error.details()).entrySet()) {
            json.writeStringField(detail.getKey(), detail.getValue());
        }
        json.writeEndObject();
    }
}
