package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.wire.CommitStep;
import io.shardeddb.protocol.wire.ForgetStep;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.ReleaseStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.Uid;
import java.util.Collection;

/** The steps that end a transaction, as they go into a log. */
final class Steps {

    private Steps() {}

    static TransactionStep committing(long version) {
        return TransactionStep.newBuilder()
                .setCommit(CommitStep.newBuilder().setVersion(version))
                .build();
    }

    static LoggedRequest commit(RequestId attempt, long version) {
        return of(attempt, committing(version));
    }

    static LoggedRequest release(RequestId attempt) {
        return of(
                attempt,
                TransactionStep.newBuilder()
                        .setRelease(ReleaseStep.getDefaultInstance())
                        .build());
    }

    static LoggedRequest forget(RequestId attempt, Collection<Uid> participants) {
        return of(
                attempt,
                TransactionStep.newBuilder()
                        .setForget(ForgetStep.newBuilder().addAllParticipants(participants))
                        .build());
    }

    private static LoggedRequest of(RequestId attempt, TransactionStep step) {
        return LoggedRequest.newBuilder()
                .setRequest(attempt)
                .setTransaction(step)
                .build();
    }
}
