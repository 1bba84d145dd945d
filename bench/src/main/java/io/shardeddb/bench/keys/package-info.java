/** Which rows a workload touches: distributions over the rows that exist. */
@NullMarked
package io.shardeddb.bench.keys;

import org.jspecify.annotations.NullMarked;
