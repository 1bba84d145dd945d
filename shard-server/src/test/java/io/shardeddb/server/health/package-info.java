/** Tests of what a server tells of its health. */
@NullMarked
package io.shardeddb.server.health;

import org.jspecify.annotations.NullMarked;
