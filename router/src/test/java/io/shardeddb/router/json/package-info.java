@NullMarked
package io.shardeddb.router.json;

import org.jspecify.annotations.NullMarked;
