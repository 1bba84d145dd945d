/**
 * What a replica does for transactions over several shards, apart from applying their steps. Requests wait at locks
 * here, outside of the log, and a leader finishes what a router has left. Words, states and bounds: {@code
 * docs/transactions.md}. Confined to the loop, but for the answers of other servers.
 */
@NullMarked
package io.shardeddb.server.group.transaction;

import org.jspecify.annotations.NullMarked;
