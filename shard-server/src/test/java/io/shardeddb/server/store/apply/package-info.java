/** How entries are cut into transactions. */
@NullMarked
package io.shardeddb.server.store.apply;

import org.jspecify.annotations.NullMarked;
