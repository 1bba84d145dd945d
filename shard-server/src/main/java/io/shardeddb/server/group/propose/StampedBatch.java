package io.shardeddb.server.group.propose;

import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.clock.IdTimes;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes whose place in the log is settled, on their way to a timestamp of the service. Nobody may join: who comes
 * later than the session began needs a later one. Confined to the loop.
 */
final class StampedBatch {
    private final List<Pending> writes;
    private final long term;
    private long request;
    private long timestamp;

    /** @param term in which this server leads */
    StampedBatch(List<Pending> writes, long term) {
        this.writes = new ArrayList<>(writes);
        this.term = term;
    }

    List<Pending> writes() {
        return writes;
    }

    long term() {
        return term;
    }

    void request(long number) {
        request = number;
        timestamp = 0;
    }

    long request() {
        return request;
    }

    void stamped(long given) {
        timestamp = given;
    }

    boolean isStamped() {
        return timestamp != 0;
    }

    /** The first one. */
    long timestamp() {
        return timestamp;
    }

    /** How many timestamps its writes take. */
    int timestamps() {
        return writes.stream()
                .mapToInt(write -> LoggedWrites.timestamps(write.request()))
                .sum();
    }

    /**
     * Those whose ids do not fit the time that they are stamped with are told so before they are in the log, which
     * would refuse them.
     */
    void judge(long stampMillis, ReplicaView view) {
        writes.removeIf(write -> {
            DatabaseException misfit = IdTimes.misfit(write.request().getRequest(), write.origin(), stampMillis);
            if (misfit != null) {
                write.reply()
                        .accept(WriteReply.newBuilder()
                                .setError(misfit.toWire())
                                .setLeader(view.leader().toBuilder().setLogMillis(stampMillis))
                                .build());
            }
            return misfit != null;
        });
    }

    /** Those whose time is up are told that nothing was done. */
    void expire(long now, ReplicaView view) {
        writes.removeIf(write -> {
            boolean expired = now - write.deadline() > 0;
            if (expired) {
                write.reply()
                        .accept(Answers.write(
                                ErrorCode.OVERLOADED,
                                "no timestamp came in time: fewer servers of the timestamp service answer than are needed",
                                view.leader()));
            }
            return expired;
        });
    }
}
