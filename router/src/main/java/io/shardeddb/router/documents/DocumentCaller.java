package io.shardeddb.router.documents;

import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.SessionToken;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and how.
 *
 * @param id of the request, from the client; absent: a repeat of it is a new request
 * @param content hash of what the client sent, never 0; counts where there is an id
 * @param reads how fresh reads must be; changes read strongly whatever it says
 */
public record DocumentCaller(@Nullable RequestId id, long content, ReadOptions reads) {

    /** One without an id who reads strongly. */
    public static final DocumentCaller PLAIN = new DocumentCaller(null, 1, ReadOptions.STRONG);

    /** How a change reads. */
    ReadOptions strong() {
        return new ReadOptions(ReadOptions.STRONG.level(), 0, reads.session(), reads.reader(), reads.until());
    }

    /** What the client has seen. */
    public SessionToken session() {
        return reads.session();
    }
}
