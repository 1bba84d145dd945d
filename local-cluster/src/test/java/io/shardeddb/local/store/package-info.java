/** Tests. */
@NullMarked
package io.shardeddb.local.store;

import org.jspecify.annotations.NullMarked;
