/**
 * Interactive transactions: several requests that see one moment and change all their rows together, or none. What a
 * client writes waits in the router that it began at, until it commits. Words and rules: {@code docs/transactions.md}.
 */
@NullMarked
package io.shardeddb.router.interactive;

import org.jspecify.annotations.NullMarked;
