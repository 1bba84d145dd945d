/**
 * Transactions over several shards, as one shard knows them: what it has prepared, with the keys that are locked, and
 * what it has decided. Words, states and invariants: {@code docs/transactions.md}. No JDBC.
 */
@NullMarked
package io.shardeddb.server.store.transaction;

import org.jspecify.annotations.NullMarked;
