/** The identity of a data directory: one process at a time, each start counted, its disappearance noticed. */
@NullMarked
package io.shardeddb.server.identity;

import org.jspecify.annotations.NullMarked;
