@NullMarked
package io.shardeddb.router.http;

import org.jspecify.annotations.NullMarked;
