package io.shardeddb.documents.memory;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Map;

/** Bytes of memory that one request may hold for sorts and groups. Not for use by several threads at once. */
public final class MemoryBudget {

    /** What the router grants a request: 64 MiB. */
    public static final long OF_A_REQUEST = 64L << 20;

    private final long bound;
    private long held;

    /** @param bound in bytes, above 0 */
    public MemoryBudget(long bound) {
        this.bound = bound;
    }

    /**
     * Takes bytes for something that will be kept.
     *
     * @param what that keeps them: "a sort"
     * @throws DatabaseException {@code TOO_LARGE}, if they are too many
     */
    public void take(long bytes, String what) {
        held += bytes;
        if (held > bound) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    what + " needs more than " + bound + " bytes of memory, which is what a request may take;"
                            + " choose fewer documents, or set a limit",
                    Map.of("bound", Long.toString(bound)));
        }
    }

    /** Gives back what was taken. */
    public void giveBack(long bytes) {
        held -= bytes;
    }

    /** How many bytes are held now. */
    public long held() {
        return held;
    }
}
