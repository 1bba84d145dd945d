package io.shardeddb.server.group.clock;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.server.store.request.RequestWindow;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a leader says of a request id's issue time before it puts the request into the log, so that whose clock is wrong
 * learns the shard's time at no cost. What gets into the log is judged there again, by the entry's own time and by the
 * rules that all replicas share.
 */
public final class IdTimes {
    private IdTimes() {}

    /**
     * Why a request is not begun.
     *
     * @param id the request's
     * @param origin whose the id is; of a sender that does not say it nothing is refused here
     * @param logMillis the group's time as the leader knows it; the request's entry will have no earlier one
     * @return REQUEST_TIME with the details "millis" (the group's time), "oldest" and "newest" (issue times that fit);
     *     null when it may be begun
     */
    public static @Nullable DatabaseException misfit(RequestId id, IdOrigin origin, long logMillis) {
        long oldest = logMillis - RequestWindow.Limits.STANDARD.issueWindowMillis();
        long newest = logMillis + RequestWindow.Limits.STANDARD.aheadMillis();
        boolean ahead = id.getIssuedAtMillis() > newest;
        boolean old = id.getIssuedAtMillis() < oldest;
        boolean fits = switch (origin) {
            case ID_OF_SENDER -> !ahead && !old;
            case ID_OF_CLIENT -> !ahead;
            case ID_ORIGIN_UNSPECIFIED, UNRECOGNIZED -> true;
        };
        return fits
                ? null
                : new DatabaseException(
                        ErrorCode.REQUEST_TIME,
                        "the request id was issued at " + id.getIssuedAtMillis() + ", and the shard's time is "
                                + logMillis + ": nothing was begun",
                        Map.of(
                                "millis", Long.toString(logMillis),
                                "oldest", Long.toString(oldest),
                                "newest", Long.toString(newest)));
    }
}
