package io.shardeddb.local;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The local cluster cannot start; the message says why and what to do, for people. */
public final class LocalClusterException extends IOException {
    private static final long serialVersionUID = 1;

    /** Makes it with its message. */
    public LocalClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
