@NullMarked
package io.shardeddb.protocol.stream;

import org.jspecify.annotations.NullMarked;
