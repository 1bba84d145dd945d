/** How a replica takes over another one's rows: the source's side, the receiver's side, and the pace between them. */
@NullMarked
package io.shardeddb.server.copy;

import org.jspecify.annotations.NullMarked;
