/** The stateless HTTP front of a database. */
@NullMarked
package io.shardeddb.router;

import org.jspecify.annotations.NullMarked;
