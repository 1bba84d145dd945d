package io.shardeddb.simulator.driver.rows;

import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReleaseStep;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.VersionedWriteBatch;
import io.shardeddb.server.store.CommittedEntry;

/** What all replicas do wrong alike with what they apply: production code decides, over what this lets it see. */
public enum Breach {
    /** Nothing. */
    NONE,
    /** An entry is prepared without those having run that it depends on. */
    BLINDLY,
    /** All requests of an entry have one timestamp, so their rows have one version. */
    SHARED_VERSIONS,
    /** One commit in four is refused by the database, like any write, and given up. */
    REFUSED_COMMITS,
    /** What prepares is not tried: a row that must be new may be there. */
    UNTRIED_PREPARES,
    /** Shards are closed and reshaped whatever is prepared. */
    NOT_DRAINED;

    /** An entry as it is applied. */
    CommittedEntry entry(CommittedEntry entry) {
        LoggedCommand command = entry.command();
        if (command == null || !command.hasVersionedWrite()) {
            return entry;
        }
        VersionedWriteBatch.Builder batch = command.getVersionedWrite().toBuilder();
        switch (this) {
            case SHARED_VERSIONS -> batch.setTimestampStep(0);
            case REFUSED_COMMITS -> batch.getRequestsBuilderList().forEach(Breach::refuse);
            case UNTRIED_PREPARES -> batch.getRequestsBuilderList().forEach(Breach::takeUntried);
            case NONE, BLINDLY, NOT_DRAINED -> {
                return entry;
            }
        }
        return new CommittedEntry(
                entry.index(),
                entry.term(),
                command.toBuilder().setVersionedWrite(batch).build(),
                entry.configuration(),
                entry.verdicts());
    }

    private static void refuse(LoggedRequest.Builder request) {
        String attempt = request.getRequest().getClient() + request.getRequest().getNumber();
        if (request.getTransaction().hasCommit() && attempt.hashCode() % 4 == 0) {
            request.setTransaction(TransactionStep.newBuilder().setRelease(ReleaseStep.getDefaultInstance()));
        }
    }

    private static void takeUntried(LoggedRequest.Builder request) {
        if (request.getTransaction().hasPrepare()) {
            request.getOperationsBuilderList().stream()
                    .filter(operation -> operation.getKind() == OperationKind.INSERT)
                    .forEach(operation -> operation.setKind(OperationKind.UPSERT));
        }
    }

    /** Whether an entry is applied as if nothing were prepared. */
    boolean hidesPrepared(CommittedEntry entry) {
        LoggedCommand command = entry.command();
        return this == NOT_DRAINED && command != null && (command.hasOpenShard() || command.hasOwnInterval());
    }
}
