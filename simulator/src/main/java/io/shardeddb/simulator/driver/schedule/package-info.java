/** Modelled time: what happens when, by the seed, and how a run ends that has broken a rule. */
@NullMarked
package io.shardeddb.simulator.driver.schedule;

import org.jspecify.annotations.NullMarked;
