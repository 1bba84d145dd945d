/** Who should lead a shard: the score of a candidate, the same wherever it is asked for. */
@NullMarked
package io.shardeddb.protocol.leader;

import org.jspecify.annotations.NullMarked;
