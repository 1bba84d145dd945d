@NullMarked
package io.shardeddb.server.data;

import org.jspecify.annotations.NullMarked;
