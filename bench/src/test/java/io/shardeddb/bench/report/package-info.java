/** Tests of the package of this name. */
@NullMarked
package io.shardeddb.bench.report;

import org.jspecify.annotations.NullMarked;
