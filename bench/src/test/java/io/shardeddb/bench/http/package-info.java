/** Tests of the package of this name. */
@NullMarked
package io.shardeddb.bench.http;

import org.jspecify.annotations.NullMarked;
