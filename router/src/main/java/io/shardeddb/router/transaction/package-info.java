/**
 * Writes over several shards that are done as a whole or not at all, by two-phase commit over the shards' logs. The
 * router only drives: what it leaves open, the shards end themselves. Words, states and invariants: {@code
 * docs/transactions.md}.
 */
@NullMarked
package io.shardeddb.router.transaction;

import org.jspecify.annotations.NullMarked;
