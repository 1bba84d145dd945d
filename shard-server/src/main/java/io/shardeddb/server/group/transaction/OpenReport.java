package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.wire.OpenTransaction;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.TransactionDecision;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.List;

/** Tells people which transactions over several shards are not over at a replica. */
final class OpenReport {

    /** So many are named. */
    static final int MOST_TOLD = 16;

    private OpenReport() {}

    /** Counts all, and names the first ones, what is decided before what is prepared. */
    static void tell(TransactionView view, ReplicaPicture.Builder picture) {
        List<PreparedTransaction> prepared = view.prepared();
        List<TransactionDecision> decisions = view.decisions();
        picture.setOpenTransactions(prepared.size() + decisions.size()).setDecidedTransactions(decisions.size());
        decisions.stream()
                .limit(MOST_TOLD)
                .forEach(decision -> picture.addTransactions(OpenTransaction.newBuilder()
                        .setAttempt(decision.getAttempt())
                        .setDecided(true)
                        .addAllOthers(decision.getParticipantsList().stream()
                                .map(Participant::getGroup)
                                .toList())));
        prepared.stream()
                .limit(MOST_TOLD - picture.getTransactionsCount())
                .forEach(each -> picture.addTransactions(OpenTransaction.newBuilder()
                        .setAttempt(each.getAttempt())
                        .addOthers(each.getDecider().getGroup())));
    }
}
