package io.shardeddb.router.http.direct;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** An answer with its whole body. */
public final class DirectAnswer {

    private static final AsciiString JSON = AsciiString.cached("application/json");
    private static final AsciiString PROBLEM = AsciiString.cached("application/problem+json");

    private final HttpResponseStatus status;
    private final AsciiString contentType;
    private final byte[] body;
    private final String sessionToken;
    private final @Nullable String allow;
    private final long version;
    private final long expiresMillis;

    private DirectAnswer(
            HttpResponseStatus status,
            AsciiString contentType,
            byte[] body,
            String sessionToken,
            @Nullable String allow,
            long version,
            long expiresMillis) {
        this.version = version;
        this.expiresMillis = expiresMillis;
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.sessionToken = sessionToken;
        this.allow = allow;
    }

    /** A JSON document. It must not change any more. */
    public static DirectAnswer json(HttpResponseStatus status, byte[] body) {
        return new DirectAnswer(status, JSON, body, "", null, 0, 0);
    }

    /** The JSON document of an error. It must not change any more. */
    public static DirectAnswer problem(int status, byte[] body) {
        return new DirectAnswer(HttpResponseStatus.valueOf(status), PROBLEM, body, "", null, 0, 0);
    }

    /** With a session token; an empty one is none. */
    public DirectAnswer with(String token) {
        return token.isEmpty()
                ? this
                : new DirectAnswer(status, contentType, body, token, allow, version, expiresMillis);
    }

    /** With the methods that the path has, where another one was asked for. */
    public DirectAnswer allowing(String methods) {
        return new DirectAnswer(status, contentType, body, sessionToken, methods, version, expiresMillis);
    }

    /** With the version of the row that it shows or that was written, as its entity tag; 0: none. */
    public DirectAnswer of(long rowVersion) {
        return new DirectAnswer(status, contentType, body, sessionToken, allow, rowVersion, expiresMillis);
    }

    /** That the row is as the client knows it: without a body. */
    public static DirectAnswer notModified() {
        return new DirectAnswer(HttpResponseStatus.NOT_MODIFIED, JSON, new byte[0], "", null, 0, 0);
    }

    /**
     * Bytes as a client gave them. They must not change any more.
     *
     * @param type their content type: visible characters of ASCII, and spaces
     */
    public static DirectAnswer bytes(HttpResponseStatus status, String type, byte[] body) {
        return new DirectAnswer(status, new AsciiString(type), body, "", null, 0, 0);
    }

    /** With the time at which it expires, in milliseconds since the epoch; {@code null}: never. */
    public DirectAnswer expiring(@Nullable Long millis) {
        return millis == null
                ? this
                : new DirectAnswer(status, contentType, body, sessionToken, allow, version, millis);
    }

    /** 0: none. */
    long version() {
        return version;
    }

    /** 0: never. */
    long expiresMillis() {
        return expiresMillis;
    }

    HttpResponseStatus status() {
        return status;
    }

    AsciiString contentType() {
        return contentType;
    }

    /** It must not be changed. */
    public byte[] body() {
        return body;
    }

    String sessionToken() {
        return sessionToken;
    }

    @Nullable
    String allow() {
        return allow;
    }
}
