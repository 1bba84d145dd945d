/** Tests of waiting at locks, and of ending transactions. */
@NullMarked
package io.shardeddb.server.group.transaction;

import org.jspecify.annotations.NullMarked;
