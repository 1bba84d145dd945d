/** Endpoints of collections of documents: paths, bodies and answers. */
@NullMarked
package io.shardeddb.router.http.collections;

import org.jspecify.annotations.NullMarked;
