/** Tests of the connections between servers. */
@NullMarked
package io.shardeddb.server.transport;

import org.jspecify.annotations.NullMarked;
