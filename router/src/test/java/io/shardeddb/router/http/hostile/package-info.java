/** Requests that clients get wrong, in every part, at every endpoint. */
@NullMarked
package io.shardeddb.router.http.hostile;

import org.jspecify.annotations.NullMarked;
