package io.shardeddb.consensus;

/**
 * One member of a configuration and where it is reached.
 *
 * @param id the member's identity; two members are the same exactly when their ids are
 * @param address where the member's server is reached; opaque to the protocol
 */
public record Member(MemberId id, String address) {}
