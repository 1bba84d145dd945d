package io.shardeddb.router.interactive;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.interactive.InteractiveTransaction.Written;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one transaction that came with an id of the client, so that each is carried out once however often it
 * comes. The last {@value #MOST} are known. Pure; of one thread at a time.
 */
final class RepeatedWrites {
    static final int MOST = 10_000;

    private final LinkedHashMap<RequestId, Done> done = new LinkedHashMap<>();

    private record Done(long content, Written written) {}

    /**
     * What an earlier request with this id wrote.
     *
     * @return {@code null}: none came
     * @throws DatabaseException REQUEST_CHANGED when it was another request
     */
    @Nullable
    Written find(@Nullable RequestId id, long content) {
        Done known = id == null ? null : done.get(id);
        if (known == null) {
            return null;
        }
        if (known.content != content) {
            throw new DatabaseException(
                    ErrorCode.REQUEST_CHANGED, "another request of the transaction came with this id");
        }
        return known.written;
    }

    /** Remembers a request, if it has an id. */
    Written remember(@Nullable RequestId id, long content, Written written) {
        if (id != null) {
            done.put(id, new Done(content, written));
            if (done.size() > MOST) {
                done.pollFirstEntry();
            }
        }
        return written;
    }

    /** They are not needed any more. */
    void clear() {
        done.clear();
    }
}
