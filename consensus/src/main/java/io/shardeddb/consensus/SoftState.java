package io.shardeddb.consensus;

import org.jspecify.annotations.Nullable;

/**
 * What a replica believes about leadership; need not be stored.
 *
 * @param role its role
 * @param term its term
 * @param leader the leader of that term, as far as it knows
 */
public record SoftState(Role role, long term, @Nullable MemberId leader) {}
