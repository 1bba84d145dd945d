/** Tests of writes over several shards. */
@NullMarked
package io.shardeddb.router.transaction;

import org.jspecify.annotations.NullMarked;
