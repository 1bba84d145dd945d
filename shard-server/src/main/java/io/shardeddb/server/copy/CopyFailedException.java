package io.shardeddb.server.copy;

/**
 * A copy could not be finished from this source. Chunks that were stored are kept for as long as the source holds the
 * view.
 */
public final class CopyFailedException extends Exception {

    private final String code;

    CopyFailedException(String code, String message) {
        super(message);
        this.code = code;
    }

    CopyFailedException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The error code, a name of {@code ErrorCode}. */
    public String code() {
        return code;
    }
}
