/** What a request does with rows, checked against the tables and laid out on the shards. */
@NullMarked
package io.shardeddb.router.change;

import org.jspecify.annotations.NullMarked;
