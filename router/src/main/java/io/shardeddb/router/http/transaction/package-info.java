/** How the routers of a database work together on interactive transactions. */
@NullMarked
package io.shardeddb.router.http.transaction;

import org.jspecify.annotations.NullMarked;
