/** The shards of a database: where they are, who leads them, and moving a leadership by hand. */
@NullMarked
package io.shardeddb.cli.shards;

import org.jspecify.annotations.NullMarked;
