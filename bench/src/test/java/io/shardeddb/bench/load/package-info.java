/** Tests of the package of this name. */
@NullMarked
package io.shardeddb.bench.load;

import org.jspecify.annotations.NullMarked;
