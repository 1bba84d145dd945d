/** The timestamp service's edge: the durable bound, the exchange with other servers, who asks here. */
@NullMarked
package io.shardeddb.server.timestamp;

import org.jspecify.annotations.NullMarked;
