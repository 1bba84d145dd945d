@NullMarked
package io.shardeddb.protocol.error;

import org.jspecify.annotations.NullMarked;
