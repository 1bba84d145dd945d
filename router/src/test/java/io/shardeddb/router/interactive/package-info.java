@NullMarked
package io.shardeddb.router.interactive;

import org.jspecify.annotations.NullMarked;
