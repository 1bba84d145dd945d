/** Tests of changes that depend on their row. */
@NullMarked
package io.shardeddb.protocol.change;

import org.jspecify.annotations.NullMarked;
