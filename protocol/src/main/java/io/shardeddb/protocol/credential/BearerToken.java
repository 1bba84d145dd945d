package io.shardeddb.protocol.credential;

import org.jspecify.annotations.Nullable;

/** The form that a secret has in a header, in HTTP and in gRPC: {@code Authorization: Bearer <secret>}. */
public final class BearerToken {

    /** Name of the header. */
    public static final String HEADER = "authorization";

    private static final String SCHEME = "Bearer ";

    private BearerToken() {}

    /** The value of the header. */
    public static String of(DatabaseSecret secret) {
        return SCHEME + secret.text();
    }

    /**
     * What a header shows.
     *
     * @param value of the header; absent: there was none
     */
    public static Presented presented(@Nullable String value) {
        if (value == null) {
            return Presented.secret(null);
        }
        // Another scheme shows something, and it is wrong.
        return Presented.secret(
                value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) ? value.substring(SCHEME.length()) : value);
    }
}
