/** What the database looks like and who leads what, as far as this router knows. */
@NullMarked
package io.shardeddb.router.topology;

import org.jspecify.annotations.NullMarked;
