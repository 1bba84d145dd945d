/**
 * Snapshots of a whole database for interactive transactions: views of all shards that show one common moment and stay
 * open. What they cost is in {@code docs/transactions.md}.
 */
@NullMarked
package io.shardeddb.router.snapshot;

import org.jspecify.annotations.NullMarked;
