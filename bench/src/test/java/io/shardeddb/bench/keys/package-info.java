/** Tests of the package of this name. */
@NullMarked
package io.shardeddb.bench.keys;

import org.jspecify.annotations.NullMarked;
