/** A small HTTP/1.1 server: a virtual thread per connection, chunked streams, and WebSockets for watches. */
@NullMarked
package io.shardeddb.local.http;

import org.jspecify.annotations.NullMarked;
