package io.shardeddb.consensus;

/**
 * A hash of the state machine's history at an index. Equal indexes must show equal hashes on all members.
 *
 * @param index the applied index that the hash belongs to
 * @param hash opaque
 */
public record StateMark(long index, long hash) {}
