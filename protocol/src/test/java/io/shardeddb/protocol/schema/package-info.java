@NullMarked
package io.shardeddb.protocol.schema;

import org.jspecify.annotations.NullMarked;
