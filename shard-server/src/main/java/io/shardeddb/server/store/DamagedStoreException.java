package io.shardeddb.server.store;

/**
 * Something that is in force is gone from this copy's tables, with what it held. Trying again would find the same: only
 * another member's copy has it.
 */
public final class DamagedStoreException extends StoreUnavailableException {

    public DamagedStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
