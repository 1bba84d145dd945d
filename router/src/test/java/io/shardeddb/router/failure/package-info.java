@NullMarked
package io.shardeddb.router.failure;

import org.jspecify.annotations.NullMarked;
