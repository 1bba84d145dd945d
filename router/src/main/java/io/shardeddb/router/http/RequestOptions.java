package io.shardeddb.router.http;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.SessionToken;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the headers of a request ask for. */
public final class RequestOptions {

    public static final String REQUEST_ID = "Request-Id";
    public static final String READ_LEVEL = "Read-Level";
    public static final String MAX_STALENESS = "Max-Staleness-Millis";
    public static final String SESSION_TOKEN = "Session-Token";

    /** Staleness of bounded reads that name none, in milliseconds. */
    static final int DEFAULT_STALENESS_MILLIS = 5_000;

    private static final Pattern ID = Pattern.compile("([A-Za-z0-9._:-]{1,64})/([0-9]{1,19})/([0-9]{1,18})");

    private RequestOptions() {}

    /** A request's headers, in whatever form they are kept. */
    @FunctionalInterface
    public interface Headers {

        /** The first value of a header, or null. */
        @Nullable
        String get(String name);
    }

    /**
     * The client's own request id, or null: {@code client/number/issued-at-millis}.
     *
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static @Nullable RequestId requestId(Headers headers) {
        String text = headers.get(REQUEST_ID);
        if (text == null) {
            return null;
        }
        Matcher matcher = ID.matcher(text.strip());
        if (!matcher.matches()) {
            throw wrong(REQUEST_ID, "<client>/<number>/<issued at, in milliseconds since 1970>", text);
        }
        return RequestId.newBuilder()
                .setClient(matcher.group(1))
                .setNumber(Long.parseUnsignedLong(matcher.group(2)))
                .setIssuedAtMillis(Long.parseLong(matcher.group(3)))
                .build();
    }

    /**
     * Read level, staleness and session token.
     *
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static ReadOptions read(Headers headers) {
        String level = headers.get(READ_LEVEL);
        ReadLevel parsed = switch (level == null ? "strong" : level.strip().toLowerCase(Locale.ROOT)) {
            case "strong" -> ReadLevel.STRONG;
            case "bounded" -> ReadLevel.BOUNDED;
            case "eventual" -> ReadLevel.EVENTUAL;
            default -> throw wrong(READ_LEVEL, "strong, bounded or eventual", String.valueOf(level));
        };
        return new ReadOptions(parsed, staleness(headers), token(headers), reader(headers));
    }

    private static int staleness(Headers headers) {
        String text = headers.get(MAX_STALENESS);
        if (text == null) {
            return DEFAULT_STALENESS_MILLIS;
        }
        try {
            return Integer.parseUnsignedInt(text.strip());
        } catch (NumberFormatException e) {
            throw wrong(MAX_STALENESS, "a number of milliseconds", text);
        }
    }

    /** The session token, empty when none was given. @throws DatabaseException MALFORMED_REQUEST */
    public static SessionToken token(Headers headers) {
        String text = headers.get(SESSION_TOKEN);
        if (text == null || text.isBlank()) {
            return SessionToken.EMPTY;
        }
        try {
            return SessionToken.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw wrong(SESSION_TOKEN, "a token as an earlier answer gave it", text);
        }
    }

    private static @Nullable String reader(Headers headers) {
        RequestId id = requestId(headers);
        return id == null ? null : id.getClient();
    }

    private static DatabaseException wrong(String header, String allowed, String given) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "header " + header + " must be " + allowed + ", not '" + given + "'",
                Map.of("header", header));
    }
}
