/** Requests to servers: finding the leader, repeating safely, reading from replicas. */
@NullMarked
package io.shardeddb.router.forward;

import org.jspecify.annotations.NullMarked;
