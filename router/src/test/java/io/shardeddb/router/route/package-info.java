@NullMarked
package io.shardeddb.router.route;

import org.jspecify.annotations.NullMarked;
