package io.shardeddb.consensus;

/**
 * How recent a follower's knowledge provably is, by its own clock alone. A member that has applied {@code index} sees
 * every write that was acknowledged before the local time {@code asOf}.
 *
 * @param index the commit index that the leader had then
 * @param asOf local time in nanoseconds; {@link Long#MIN_VALUE} if nothing is known
 */
public record Freshness(long index, long asOf) {
    /** Nothing is known. */
    public static final Freshness UNKNOWN = new Freshness(Long.MAX_VALUE, Long.MIN_VALUE);
}
