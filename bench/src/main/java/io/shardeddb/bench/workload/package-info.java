/** What clients do: operations, their mix and the tables they work on. Pure: random numbers come in from outside. */
@NullMarked
package io.shardeddb.bench.workload;

import org.jspecify.annotations.NullMarked;
