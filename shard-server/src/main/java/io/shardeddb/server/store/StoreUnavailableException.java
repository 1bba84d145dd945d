package io.shardeddb.server.store;

/**
 * The environment failed: connection, disk, lock time-out. Nothing may be concluded about the call; it is tried again.
 */
public sealed class StoreUnavailableException extends Exception permits DamagedStoreException {

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreUnavailableException(String message) {
        super(message);
    }
}
