@NullMarked
package io.shardeddb.router.http.transaction;

import org.jspecify.annotations.NullMarked;
