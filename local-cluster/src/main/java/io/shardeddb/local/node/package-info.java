/** The node agent: runs each container of a pod as a process of this machine. */
@NullMarked
package io.shardeddb.local.node;

import org.jspecify.annotations.NullMarked;
