/** What the router's log leaves out. */
@NullMarked
package io.shardeddb.router.logs;

import org.jspecify.annotations.NullMarked;
