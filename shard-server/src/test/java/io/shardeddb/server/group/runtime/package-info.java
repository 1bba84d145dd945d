/** Whole servers in one process, over a store in memory. */
@NullMarked
package io.shardeddb.server.group.runtime;

import org.jspecify.annotations.NullMarked;
