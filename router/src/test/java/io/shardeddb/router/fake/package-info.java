@NullMarked
package io.shardeddb.router.fake;

import org.jspecify.annotations.NullMarked;
