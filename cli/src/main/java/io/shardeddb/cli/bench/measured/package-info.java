/** The databases that are measured, what is done to them meanwhile, and the longest of the measurements. */
@NullMarked
package io.shardeddb.cli.bench.measured;

import org.jspecify.annotations.NullMarked;
