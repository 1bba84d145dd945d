/** What the processes of a database say to one another. */
@NullMarked
package io.shardeddb.protocol;

import org.jspecify.annotations.NullMarked;
