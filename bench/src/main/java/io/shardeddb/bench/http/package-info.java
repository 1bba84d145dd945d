/** Our database as a target of load: its router over HTTP. */
@NullMarked
package io.shardeddb.bench.http;

import org.jspecify.annotations.NullMarked;
