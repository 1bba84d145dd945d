@NullMarked
package io.shardeddb.router.forward;

import org.jspecify.annotations.NullMarked;
