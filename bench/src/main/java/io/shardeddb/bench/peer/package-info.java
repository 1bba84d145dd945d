/** Other databases as targets of load: over JDBC, started and stopped here. */
@NullMarked
package io.shardeddb.bench.peer;

import org.jspecify.annotations.NullMarked;
