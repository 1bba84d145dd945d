/** Removing keys that have expired, in the background. */
@NullMarked
package io.shardeddb.router.keyvalue.sweep;

import org.jspecify.annotations.NullMarked;
