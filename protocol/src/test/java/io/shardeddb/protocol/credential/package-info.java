@NullMarked
package io.shardeddb.protocol.credential;

import org.jspecify.annotations.NullMarked;
