package io.shardeddb.server.group.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.OpenTransaction;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionDecision;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.LogPlace;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenReportTest {

    private final OpenTransactions open = new OpenTransactions();

    private static RequestId id(long number) {
        return RequestId.newBuilder().setClient("r").setNumber(number).build();
    }

    private static Participant shard(int number) {
        return Participant.newBuilder()
                .setGroup(Uid.newBuilder().setLow(number))
                .build();
    }

    private void prepared(long number) {
        open.preparing(
                new LogPlace(number, 0),
                PreparedTransaction.newBuilder()
                        .setAttempt(id(number))
                        .setDecider(shard(9))
                        .build(),
                LockNeeds.NONE);
    }

    private ReplicaPicture told() {
        ReplicaPicture.Builder picture = ReplicaPicture.newBuilder();
        OpenReport.tell(open.view(), picture);
        return picture.build();
    }

    @Test
    void tellsNothingWhereNothingIsOpen() {
        assertThat(told()).isEqualTo(ReplicaPicture.getDefaultInstance());
    }

    @Test
    void namesWhoDecidesAndWhoHasNotCommitted() {
        prepared(1);
        open.decided(
                new LogPlace(2, 0),
                TransactionDecision.newBuilder()
                        .setAttempt(id(2))
                        .addParticipants(shard(3))
                        .addParticipants(shard(4))
                        .build());
        open.acknowledged(Attempt.of(id(2)), Set.of(shard(3).getGroup()));
        ReplicaPicture told = told();
        assertThat(told.getOpenTransactions()).isEqualTo(2);
        assertThat(told.getDecidedTransactions()).isEqualTo(1);
        assertThat(told.getTransactionsList())
                .containsExactly(
                        OpenTransaction.newBuilder()
                                .setAttempt(id(2))
                                .setDecided(true)
                                .addOthers(shard(4).getGroup())
                                .build(),
                        OpenTransaction.newBuilder()
                                .setAttempt(id(1))
                                .addOthers(shard(9).getGroup())
                                .build());
    }

    @Test
    void countsAllAndNamesSome() {
        for (int i = 1; i <= 2 * OpenReport.MOST_TOLD; i++) {
            prepared(i);
        }
        assertThat(told().getOpenTransactions()).isEqualTo(2 * OpenReport.MOST_TOLD);
        assertThat(told().getTransactionsCount()).isEqualTo(OpenReport.MOST_TOLD);
    }

    @Test
    void forgetsWhatIsOver() {
        prepared(1);
        open.committed(Attempt.of(id(1)), 5);
        prepared(2);
        open.dropped(Attempt.of(id(2)));
        assertThat(told().getOpenTransactions()).isZero();
    }
}
