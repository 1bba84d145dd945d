/** The one append-only log of a server, shared by all its groups: segments, batches, recovery and garbage collection. */
@NullMarked
package io.shardeddb.server.log;

import org.jspecify.annotations.NullMarked;
