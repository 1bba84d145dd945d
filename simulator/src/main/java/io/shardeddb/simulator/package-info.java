/**
 * What every simulator is to the one command that runs them all: a name, wrong variants, fault kinds, and one life
 * under one seed.
 */
@NullMarked
package io.shardeddb.simulator;

import org.jspecify.annotations.NullMarked;
