/** Tests of reads of several shards at one moment. */
@NullMarked
package io.shardeddb.router.cut;

import org.jspecify.annotations.NullMarked;
