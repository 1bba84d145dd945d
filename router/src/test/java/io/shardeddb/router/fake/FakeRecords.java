package io.shardeddb.router.fake;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a group remembers of requests that ran, and which ids may run, by the rules of a server. Behind the group's
 * lock.
 */
final class FakeRecords {

    private static final long WINDOW_MILLIS = 600_000;
    private static final long AHEAD_MILLIS = 30_000;

    private final LinkedHashMap<Name, Kept> kept = new LinkedHashMap<>();
    private int capacity = Integer.MAX_VALUE;
    private long floor = -1;

    /** An id without its time: that alone says whether two are the same. */
    private record Name(String client, long number) {
        static Name of(RequestId id) {
            return new Name(id.getClient(), id.getNumber());
        }
    }

    private record Kept(long hash, boolean sent, long issued, WriteReply reply) {}

    void clear() {
        kept.clear();
        capacity = Integer.MAX_VALUE;
        floor = -1;
    }

    /** Keeps so many records from now on, at most. */
    void capacity(int most) {
        capacity = most;
        forget();
    }

    private static long rowsHash(WriteRequest request, long layout) {
        return request.getOperationsList().hashCode() + layout;
    }

    /** What a leader refuses before it proposes; null: nothing. */
    static @Nullable DatabaseException misfit(WriteRequest request, long logMillis) {
        long issued = request.getRequest().getIssuedAtMillis();
        boolean ahead = issued > logMillis + AHEAD_MILLIS;
        boolean old = issued < logMillis - WINDOW_MILLIS;
        boolean misfit = request.getIdOrigin() == IdOrigin.ID_OF_SENDER
                ? ahead || old
                : request.getIdOrigin() == IdOrigin.ID_OF_CLIENT && ahead;
        return misfit
                ? new DatabaseException(
                        ErrorCode.REQUEST_TIME, "not the shard's time", Map.of("millis", Long.toString(logMillis)))
                : null;
    }

    /**
     * The answer of a record, or the error of a request that may not run.
     *
     * @param layout of the tables
     * @param logMillis the entry's time; null: times are not judged
     * @param older whether this server does not say by what the first request is known
     * @return null when it may run
     */
    @Nullable
    WriteReply answer(WriteRequest request, long layout, @Nullable Long logMillis, boolean older) {
        RequestId id = request.getRequest();
        Kept first = kept.get(Name.of(id));
        if (first != null) {
            if (first.hash() == hash(request, layout)) {
                return first.reply().toBuilder().setRepeated(true).build();
            }
            return refusal(new DatabaseException(
                    ErrorCode.REQUEST_CHANGED,
                    "the request id was used with another content",
                    older ? Map.of() : Map.of("knownBy", first.sent() ? "sent" : "rows")));
        }
        if (logMillis != null && id.getIssuedAtMillis() > logMillis + AHEAD_MILLIS) {
            return refusal(new DatabaseException(ErrorCode.MALFORMED_REQUEST, "ahead of the shard's time"));
        }
        if (id.getIssuedAtMillis() <= floor
                || (logMillis != null && id.getIssuedAtMillis() < logMillis - WINDOW_MILLIS)) {
            return refusal(new DatabaseException(ErrorCode.REQUEST_EXPIRED, "older than the window"));
        }
        return null;
    }

    private static WriteReply refusal(DatabaseException error) {
        return WriteReply.newBuilder().setError(error.toWire()).build();
    }

    private static long hash(WriteRequest request, long layout) {
        return request.getContentHash() == 0 ? rowsHash(request, layout) : request.getContentHash();
    }

    void keep(WriteRequest request, long layout, WriteReply reply) {
        RequestId id = request.getRequest();
        kept.put(
                Name.of(id),
                new Kept(hash(request, layout), request.getContentHash() != 0, id.getIssuedAtMillis(), reply));
        forget();
    }

    private void forget() {
        for (Iterator<Kept> oldest = kept.values().iterator(); kept.size() > capacity; ) {
            floor = Math.max(floor, oldest.next().issued());
            oldest.remove();
        }
    }
}
