@NullMarked
package io.shardeddb.router.http.direct;

import org.jspecify.annotations.NullMarked;
