package io.shardeddb.server.group;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.WriteReply;

/** Answers that say why something was not done. */
public final class Answers {
    private Answers() {}

    /** An error without details. */
    public static ErrorDetail error(ErrorCode code, String message) {
        return new DatabaseException(code, message).toWire();
    }

    /** The answer to a write that was not done, with the leader as far as it is known. */
    public static WriteReply write(ErrorCode code, String message, LeaderHint leader) {
        return WriteReply.newBuilder()
                .setError(error(code, message))
                .setLeader(leader)
                .build();
    }

    /** The answer to a read that was not done, with the leader as far as it is known. */
    public static ReadReply read(ErrorCode code, String message, LeaderHint leader) {
        return ReadReply.newBuilder()
                .setError(error(code, message))
                .setLeader(leader)
                .build();
    }

    /** The answer to an order that was not carried out, with the leader as far as it is known. */
    public static ControlReply control(ErrorCode code, String message, LeaderHint leader) {
        return ControlReply.newBuilder()
                .setError(error(code, message))
                .setLeader(leader)
                .build();
    }

    /** The answer to a write at a replica that does not lead. */
    public static WriteReply notLeader(ReplicaView view) {
        return write(ErrorCode.NOT_LEADER, notLeaderText(view), view.leader());
    }

    /** Says that a replica does not lead, and which server does, if that is known. */
    public static String notLeaderText(ReplicaView view) {
        return "this replica of shard " + view.shard() + " does not lead"
                + (view.leader().getServer().isEmpty()
                        ? ""
                        : "; " + view.leader().getServer() + " does");
    }
}
