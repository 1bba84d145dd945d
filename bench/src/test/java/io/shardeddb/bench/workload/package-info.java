/** Tests of the package of this name. */
@NullMarked
package io.shardeddb.bench.workload;

import org.jspecify.annotations.NullMarked;
