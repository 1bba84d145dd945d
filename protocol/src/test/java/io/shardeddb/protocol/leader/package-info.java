/** Tests of the leader's score. */
@NullMarked
package io.shardeddb.protocol.leader;

import org.jspecify.annotations.NullMarked;
