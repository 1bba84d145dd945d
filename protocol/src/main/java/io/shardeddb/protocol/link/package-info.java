/** Connections between the processes that carry frames of messages and nothing else: for what has to be quick. */
@NullMarked
package io.shardeddb.protocol.link;

import org.jspecify.annotations.NullMarked;
