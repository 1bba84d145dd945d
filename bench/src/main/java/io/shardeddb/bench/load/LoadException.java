package io.shardeddb.bench.load;

import org.jspecify.annotations.Nullable;

/** An operation was not done, or what came back is wrong. */
public final class LoadException extends Exception {

    private static final long serialVersionUID = 1;

    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
