/** Where a row belongs: positions, intervals, and the hash between them. */
@NullMarked
package io.shardeddb.protocol.keyspace;

import org.jspecify.annotations.NullMarked;
