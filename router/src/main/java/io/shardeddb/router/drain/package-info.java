/** How a router leaves service without failing a request. */
@NullMarked
package io.shardeddb.router.drain;

import org.jspecify.annotations.NullMarked;
