package io.shardeddb.server.log.file;

import java.io.IOException;

/**
 * The log lacks or contradicts something that was durable. Nothing of it may be used: every group in it gives up its
 * member id, because damage cannot be attributed to one group.
 */
public final class DamagedLogException extends IOException {

    /** @param message which file, at which position, and what was expected there */
    public DamagedLogException(String message) {
        super(message);
    }

    /** The same with the fault that showed it. */
    public DamagedLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
