/** Tests. */
@NullMarked
package io.shardeddb.local.patch;

import org.jspecify.annotations.NullMarked;
