/** Tests of clocks and timestamps. */
@NullMarked
package io.shardeddb.server.group.clock;

import org.jspecify.annotations.NullMarked;
