@NullMarked
package io.shardeddb.protocol.value;

import org.jspecify.annotations.NullMarked;
