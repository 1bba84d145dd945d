/** Documents in a real database: indexes of paths. */
@NullMarked
package io.shardeddb.server.store.documents;

import org.jspecify.annotations.NullMarked;
