/** Collections in the database's object: declared, also on first use, and dropped. */
@NullMarked
package io.shardeddb.router.declare;

import org.jspecify.annotations.NullMarked;
