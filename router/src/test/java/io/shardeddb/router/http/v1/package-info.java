@NullMarked
package io.shardeddb.router.http.v1;

import org.jspecify.annotations.NullMarked;
