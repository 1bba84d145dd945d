/** The objects of the cluster: in memory, versioned, watched, and journalled on disk. */
@NullMarked
package io.shardeddb.local.store;

import org.jspecify.annotations.NullMarked;
