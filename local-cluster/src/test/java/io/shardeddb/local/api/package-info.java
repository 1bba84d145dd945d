/** Tests. */
@NullMarked
package io.shardeddb.local.api;

import org.jspecify.annotations.NullMarked;
