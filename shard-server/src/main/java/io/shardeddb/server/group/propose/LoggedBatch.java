package io.shardeddb.server.group.propose;

import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.VersionedWriteBatch;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes that become one entry, in a form that every member can apply.
 *
 * @param writes in their order
 * @param versioned whether each has a timestamp of its own
 */
record LoggedBatch(List<Pending> writes, boolean versioned) {

    /**
     * The batch of some writes. Where a member is older, writes that it cannot apply are refused. The others share a
     * timestamp, as they did in its version.
     *
     * @param olderMembers whether a member is known that cannot apply versioned writes
     */
    static LoggedBatch of(List<Pending> writes, boolean olderMembers, ReplicaView view) {
        return new LoggedBatch(olderMembers ? withoutConditional(writes, view) : writes, !olderMembers);
    }

    private static List<Pending> withoutConditional(List<Pending> writes, ReplicaView view) {
        List<Pending> left = new ArrayList<>();
        for (Pending write : writes) {
            if (LoggedWrites.needsVersions(write.request())) {
                write.reply()
                        .accept(Answers.write(
                                ErrorCode.OLDER_SERVER,
                                "a server of shard " + view.shard()
                                        + " is of a version that knows no writes which depend on what is there;"
                                        + " it can be done when all are upgraded",
                                view.leader()));
            } else {
                left.add(write);
            }
        }
        return left;
    }

    boolean isEmpty() {
        return writes.isEmpty();
    }

    /** How many timestamps it takes. */
    int timestamps() {
        return versioned
                ? writes.stream()
                        .mapToInt(write -> LoggedWrites.timestamps(write.request()))
                        .sum()
                : 1;
    }

    /**
     * The command, without its timestamp. An entry of one plain write looks as it always did.
     *
     * @param first timestamp of the first write
     * @param step each further timestamp is greater by so much
     */
    LoggedCommand.Builder command(long first, long step) {
        List<LoggedRequest> requests = writes.stream().map(Pending::request).toList();
        if (!versioned || (requests.size() == 1 && !LoggedWrites.needsVersions(requests.getFirst()))) {
            return LoggedCommand.newBuilder().setWrite(WriteBatch.newBuilder().addAllRequests(requests));
        }
        return LoggedCommand.newBuilder()
                .setVersionedWrite(VersionedWriteBatch.newBuilder()
                        .addAllRequests(requests)
                        .setFirstTimestamp(first)
                        .setTimestampStep(step));
    }
}
