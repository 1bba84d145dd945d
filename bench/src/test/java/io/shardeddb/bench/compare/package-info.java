/** Tests of the package of this name. */
@NullMarked
package io.shardeddb.bench.compare;

import org.jspecify.annotations.NullMarked;
