package io.shardeddb.router.grpc;

import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.api.v1.ReadLevel;
import io.shardeddb.protocol.wire.api.v1.VersionCondition;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.http.RequestOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options in requests: what HTTP has as headers, with the same meaning. Pure. */
public final class GivenOptions {

    private GivenOptions() {}

    /**
     * How fresh a read must be, and until when its client waits.
     *
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static ReadOptions read(io.shardeddb.protocol.wire.api.v1.ReadOptions given, @Nullable Long until) {
        if (given.getMaxStalenessMillis() < 0) {
            throw wrong("max_staleness_millis", "a number of milliseconds up to 2,147,483,647");
        }
        ReadOptions options = RequestOptions.read(header(Map.of(
                RequestOptions.READ_LEVEL,
                level(given.getLevel()),
                RequestOptions.MAX_STALENESS,
                given.getMaxStalenessMillis() == 0 ? "" : Integer.toString(given.getMaxStalenessMillis()),
                RequestOptions.SESSION_TOKEN,
                given.getSessionToken())));
        return until == null ? options : options.until(until);
    }

    private static String level(ReadLevel level) {
        return switch (level) {
            case READ_LEVEL_UNSPECIFIED, READ_LEVEL_STRONG -> "strong";
            case READ_LEVEL_BOUNDED -> "bounded";
            case READ_LEVEL_EVENTUAL -> "eventual";
            case UNRECOGNIZED -> throw wrong("level", "strong, bounded or eventual");
        };
    }

    /** The client's own request id, or null. @throws DatabaseException MALFORMED_REQUEST */
    public static @Nullable RequestId requestId(String text) {
        return RequestOptions.requestId(header(Map.of(RequestOptions.REQUEST_ID, text)));
    }

    /** What the client has seen. @throws DatabaseException MALFORMED_REQUEST */
    public static SessionToken session(String text) {
        return RequestOptions.token(header(Map.of(RequestOptions.SESSION_TOKEN, text)));
    }

    /**
     * What must hold for a document or a key.
     *
     * @param isGiven whether the request has a condition
     * @return null: nothing must
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static @Nullable Precondition condition(boolean isGiven, VersionCondition given) {
        if (!isGiven) {
            return null;
        }
        boolean sensible = switch (given.getKindCase()) {
            case ABSENT -> given.getAbsent();
            case PRESENT -> given.getPresent();
            case VERSION -> true;
            case KIND_NOT_SET -> false;
        };
        if (!sensible) {
            throw wrong("condition", "absent, present or a version; absent and present can only be true");
        }
        return switch (given.getKindCase()) {
            case ABSENT -> new Precondition.Absent();
            case PRESENT -> new Precondition.Present();
            case VERSION, KIND_NOT_SET -> new Precondition.Unchanged(given.getVersion());
        };
    }

    /** The greatest number of parts of a stream; 0: all. @throws DatabaseException MALFORMED_REQUEST */
    public static int limit(int given) {
        if (given < 0) {
            throw wrong("limit", "0 to 2,147,483,647");
        }
        return given;
    }

    private static RequestOptions.Headers header(Map<String, String> given) {
        return name -> {
            String value = given.getOrDefault(name, "");
            return value.isEmpty() ? null : value;
        };
    }

    /** The error for a field that holds what it cannot. */
    public static DatabaseException wrong(String field, String allowed) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST, "'" + field + "' must be " + allowed, Map.of("field", field));
    }
}
