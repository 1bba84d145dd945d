/**
 * What groups and log take from the machine they run on: time, threads and chance.
 * {@link io.shardeddb.server.runtime.Machine} is the real one; a simulation puts its own in its place and runs the same
 * code.
 */
@NullMarked
package io.shardeddb.server.runtime;

import org.jspecify.annotations.NullMarked;
