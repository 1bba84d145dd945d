package io.shardeddb.server.group;

import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.ReplicaState;
import org.jspecify.annotations.Nullable;

/**
 * What other threads may know of a replica; a new one takes its place with each change.
 *
 * @param shard the shard's name
 * @param role present role
 * @param term present term
 * @param leader where the leader is
 * @param state how the replica is
 * @param reason why, when it is not healthy; else empty
 * @param appliedIndex applied and visible to readers
 * @param schema tables as applied; absent before the first definition
 * @param interval positions owned as applied; absent before the first ownership
 * @param epoch epoch of the interval
 * @param open whether clients may write
 */
public record ReplicaView(
        String shard,
        Role role,
        long term,
        LeaderHint leader,
        ReplicaState state,
        String reason,
        long appliedIndex,
        @Nullable DatabaseSchema schema,
        @Nullable Interval interval,
        long epoch,
        boolean open) {

    /** Whether this replica leads. */
    public boolean isLeading() {
        return role == Role.LEADER;
    }

    /** A replica that has started, and has not read yet what its database holds. */
    public static ReplicaView initial(String shard) {
        return new ReplicaView(
                shard,
                Role.FOLLOWER,
                0,
                LeaderHint.getDefaultInstance(),
                ReplicaState.RECOVERING,
                "waiting for the rows' database",
                0,
                null,
                null,
                0,
                false);
    }

    /** The same with another role, term and leader. */
    public ReplicaView led(Role newRole, long newTerm, LeaderHint newLeader) {
        return new ReplicaView(
                shard, newRole, newTerm, newLeader, state, reason, appliedIndex, schema, interval, epoch, open);
    }

    /** The same in another state, with the reason in words. */
    public ReplicaView in(ReplicaState newState, String newReason) {
        return new ReplicaView(
                shard, role, term, leader, newState, newReason, appliedIndex, schema, interval, epoch, open);
    }

    /** The same with the log applied up to an index. */
    public ReplicaView appliedTo(long index) {
        return new ReplicaView(shard, role, term, leader, state, reason, index, schema, interval, epoch, open);
    }

    /** The same with what an applied entry changed: the index, the tables, and what is owned. */
    public ReplicaView with(
            long index,
            @Nullable DatabaseSchema newSchema,
            @Nullable Interval newInterval,
            long newEpoch,
            boolean newOpen) {
        return new ReplicaView(
                shard, role, term, leader, state, reason, index, newSchema, newInterval, newEpoch, newOpen);
    }
}
