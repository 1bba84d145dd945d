/** Reads of several shards that show one common moment. */
@NullMarked
package io.shardeddb.router.cut;

import org.jspecify.annotations.NullMarked;
