package io.shardeddb.server.store.transaction;

import io.shardeddb.protocol.wire.RequestId;

/**
 * One try of a transaction. Its router makes it a request id of its own, so that each shard knows a late or repeated
 * step.
 *
 * @param client that made the id
 * @param number of the id
 */
public record Attempt(String client, long number) {

    /** The attempt that an id names. */
    public static Attempt of(RequestId id) {
        return new Attempt(id.getClient(), id.getNumber());
    }
}
