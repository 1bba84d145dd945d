/** Tests of the endpoints of collections. */
@NullMarked
package io.shardeddb.router.http.collections;

import org.jspecify.annotations.NullMarked;
