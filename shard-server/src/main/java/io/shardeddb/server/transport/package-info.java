/** Messages between servers: one long-lived stream per direction carries those of all groups. */
@NullMarked
package io.shardeddb.server.transport;

import org.jspecify.annotations.NullMarked;
