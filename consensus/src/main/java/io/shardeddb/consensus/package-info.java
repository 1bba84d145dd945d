/** The replication protocol as a pure state machine: messages and time in, things to do out. */
@NullMarked
package io.shardeddb.consensus;

import org.jspecify.annotations.NullMarked;
