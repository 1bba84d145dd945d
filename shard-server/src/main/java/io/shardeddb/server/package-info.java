/** One shard server: consensus groups over one shared log, and their tables in MySQL. */
@NullMarked
package io.shardeddb.server;

import org.jspecify.annotations.NullMarked;
