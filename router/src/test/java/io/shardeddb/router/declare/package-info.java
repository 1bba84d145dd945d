/** Tests of edits of collections. */
@NullMarked
package io.shardeddb.router.declare;

import org.jspecify.annotations.NullMarked;
