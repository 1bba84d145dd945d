/** What a server wrote to its log while a client did wrong. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.router.hostile;
