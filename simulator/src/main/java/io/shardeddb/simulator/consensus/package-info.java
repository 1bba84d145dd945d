/** Whole clusters under one seed: faults, invariants after each step, and wrong variants that must be noticed. */
@NullMarked
package io.shardeddb.simulator.consensus;

import org.jspecify.annotations.NullMarked;
