package io.shardeddb.server.group.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.CommitStep;
import io.shardeddb.protocol.wire.ForgetStep;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.store.CommittedEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandedEntriesTest {
    private final HandedEntries handed = new HandedEntries();

    private void handed(long index, @Nullable LoggedCommand command) {
        handed.handed(List.of(new CommittedEntry(index, 1, command, null)));
    }

    private static LoggedCommand write(LoggedRequest.Builder... requests) {
        WriteBatch.Builder batch = WriteBatch.newBuilder();
        for (LoggedRequest.Builder request : requests) {
            batch.addRequests(request);
        }
        return LoggedCommand.newBuilder().setWrite(batch).build();
    }

    private static LoggedRequest.Builder of(String table) {
        return LoggedRequest.newBuilder().addTables(table);
    }

    private static LoggedRequest.Builder step(TransactionStep.Builder step) {
        return LoggedRequest.newBuilder().setTransaction(step);
    }

    @Test
    void knowsTheTablesThatWereWritten() {
        handed(1, write(of("a")));
        handed(2, write(of("b"), of("c")));

        assertThat(handed.changedSince("a", 0)).isTrue();
        assertThat(handed.changedSince("a", 1)).isFalse();
        assertThat(handed.changedSince("c", 1)).isTrue();
        assertThat(handed.changedSince("c", 2)).isFalse();
        assertThat(handed.changedSince("d", 0)).isFalse();
        assertThat(handed.last()).isEqualTo(2);
    }

    /** Readers must see what is prepared: it may be decided before they are answered. */
    @Test
    void aPrepareChangesItsTables() {
        handed(
                1,
                write(of("a").setTransaction(
                                TransactionStep.newBuilder().setPrepare(PrepareStep.getDefaultInstance()))));

        assertThat(handed.changedSince("a", 0)).isTrue();
        assertThat(handed.changedSince("b", 0)).isFalse();
    }

    @Test
    void aCommitMayChangeEachTable() {
        handed(1, write(step(TransactionStep.newBuilder().setCommit(CommitStep.getDefaultInstance()))));

        assertThat(handed.changedSince("a", 0)).isTrue();
        assertThat(handed.changedSince("a", 1)).isFalse();
    }

    @Test
    void whatChangesNoRowsChangesNoTable() {
        handed(1, null);
        handed(2, write(step(TransactionStep.newBuilder().setForget(ForgetStep.getDefaultInstance()))));

        assertThat(handed.changedSince("a", 0)).isFalse();
        assertThat(handed.last()).isEqualTo(2);
    }

    @Test
    void whatIsNoWriteMayChangeEachTable() {
        handed(
                1,
                LoggedCommand.newBuilder()
                        .setOpenShard(OpenShard.getDefaultInstance())
                        .build());

        assertThat(handed.changedSince("a", 0)).isTrue();
    }

    /** What an earlier process or a copy brought is not known by tables. */
    @Test
    void whatTheStoreHadMayHaveChangedEachTable() {
        handed.startAt(7);

        assertThat(handed.changedSince("a", 6)).isTrue();
        assertThat(handed.changedSince("a", 7)).isFalse();
        assertThat(handed.last()).isEqualTo(7);
    }

    /** A database that lost its last commits gets these entries once more; they were answered all the same. */
    @Test
    void forgetsNothingWhenTheStoreIsOpenedAgain() {
        handed(8, write(of("a")));

        handed.startAt(5);

        assertThat(handed.changedSince("a", 7)).isTrue();
        assertThat(handed.last()).isEqualTo(8);
    }
}
