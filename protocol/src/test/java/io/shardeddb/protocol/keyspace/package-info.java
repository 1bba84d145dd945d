@NullMarked
package io.shardeddb.protocol.keyspace;

import org.jspecify.annotations.NullMarked;
