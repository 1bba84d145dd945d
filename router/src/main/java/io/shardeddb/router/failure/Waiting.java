package io.shardeddb.router.failure;

import io.grpc.Context;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;

/**
 * Whether somebody still waits for what is done. Calls of the gRPC API tell when their client cancels, or is gone, or
 * was answered. Of other requests somebody always counts as waiting, for as long as their time lasts.
 */
public final class Waiting {

    private final Context call;

    private Waiting(Context call) {
        this.call = call;
    }

    /** The one whom the present thread works for. */
    public static Waiting now() {
        return new Waiting(Context.current());
    }

    /** Whether nobody waits any more. */
    public boolean isOver() {
        return call.isCancelled();
    }

    /** Ends work that nobody waits for. @throws DatabaseException READ_TIMED_OUT, which nobody is told */
    public void require() {
        if (isOver()) {
            throw new DatabaseException(ErrorCode.READ_TIMED_OUT, "the client does not wait for the answer any more");
        }
    }
}
