/** A world for the operator's tests: a real API server and controllers, and servers that behave like shard servers. */
@NullMarked
package io.shardeddb.operator.world;

import org.jspecify.annotations.NullMarked;
