/** Tests. */
@NullMarked
package io.shardeddb.local.node;

import org.jspecify.annotations.NullMarked;
