/** What is asked of every simulator. */
@NullMarked
package io.shardeddb.simulator;

import org.jspecify.annotations.NullMarked;
