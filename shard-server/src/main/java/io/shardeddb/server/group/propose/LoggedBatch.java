package io.shardeddb.server.group.propose;

import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.VersionedWriteBatch;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.decision.ProposalDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Writes that become one entry, in a form that every member can apply.
 *
 * @param writes in their order
 * @param versioned whether each has a timestamp of its own
 */
record LoggedBatch(List<Pending> writes, boolean versioned) {

    /** Takes as many writes as one entry may have, in their order. */
    static List<Pending> take(Queue<Pending> waiting) {
        List<Pending> writes = new ArrayList<>();
        int timestamps = 0;
        int operations = 0;
        int bytes = 0;
        while (!waiting.isEmpty() && ProposalDecision.takesMore(timestamps, operations, bytes)) {
            Pending next = waiting.remove();
            writes.add(next);
            timestamps += LoggedWrites.timestamps(next.request());
            operations += next.request().getOperationsCount();
            bytes += next.request().getSerializedSize();
        }
        return writes;
    }

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
