/** Which shards a request concerns, and how their answers become one. Pure. */
@NullMarked
package io.shardeddb.router.route;

import org.jspecify.annotations.NullMarked;
