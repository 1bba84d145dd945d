@NullMarked
package io.shardeddb.router.topology;

import org.jspecify.annotations.NullMarked;
