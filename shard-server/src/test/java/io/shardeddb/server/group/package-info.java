/** Whole servers in one process, over a store in memory. */
@NullMarked
package io.shardeddb.server.group;

import org.jspecify.annotations.NullMarked;
