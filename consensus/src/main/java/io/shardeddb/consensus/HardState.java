package io.shardeddb.consensus;

import org.jspecify.annotations.Nullable;

/**
 * What a member must never forget.
 *
 * @param term the highest term it has seen; 0 before any election
 * @param vote for whom it voted in that term; {@code null} if for nobody
 */
public record HardState(long term, @Nullable MemberId vote) {
    /** The state of a member that has never taken part in anything. */
    public static final HardState INITIAL = new HardState(0, null);
}
