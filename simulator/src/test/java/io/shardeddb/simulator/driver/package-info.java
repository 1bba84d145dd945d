/** What the simulated servers' weaker reads may show, and what not. */
@NullMarked
package io.shardeddb.simulator.driver;

import org.jspecify.annotations.NullMarked;
