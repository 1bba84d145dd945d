/** Rows as JSON, in and out. */
@NullMarked
package io.shardeddb.router.json;

import org.jspecify.annotations.NullMarked;
