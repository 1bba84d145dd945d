/** Database servers as processes of their own, for tests. */
@NullMarked
package io.shardeddb.server.store.database;

import org.jspecify.annotations.NullMarked;
