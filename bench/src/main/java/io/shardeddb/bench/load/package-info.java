/** Runs operations against a database, in closed or open loop, and measures them. */
@NullMarked
package io.shardeddb.bench.load;

import org.jspecify.annotations.NullMarked;
