/** Merge, JSON and strategic merge patches, and server-side apply with managed fields. */
@NullMarked
package io.shardeddb.local.patch;

import org.jspecify.annotations.NullMarked;
