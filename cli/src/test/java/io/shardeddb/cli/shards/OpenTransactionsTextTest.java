package io.shardeddb.cli.shards;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.OpenTransaction;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenTransactionsTextTest {

    private static final String SURVIVOR = "server-2";

    private static Uid group(int number) {
        return Uid.newBuilder().setLow(number).build();
    }

    private static OpenTransaction.Builder transaction(int number, int... others) {
        OpenTransaction.Builder transaction = OpenTransaction.newBuilder()
                .setAttempt(RequestId.newBuilder().setClient("r").setNumber(number));
        for (int other : others) {
            transaction.addOthers(group(other));
        }
        return transaction;
    }

    /** A copy of shard number {@code group}, with {@code open} transactions in all. */
    private static ReplicaStatus copy(int group, long applied, int open, OpenTransaction.Builder... transactions) {
        ReplicaPicture.Builder picture = ReplicaPicture.newBuilder().setOpenTransactions(open);
        int decided = 0;
        for (OpenTransaction.Builder transaction : transactions) {
            decided += transaction.getDecided() ? 1 : 0;
            picture.addTransactions(transaction);
        }
        return ReplicaStatus.newBuilder()
                .setGroup(group(group))
                .setRole(ReplicaRole.LEADER)
                .setState(ReplicaState.HEALTHY)
                .setAppliedIndex(applied)
                .setPicture(picture.setDecidedTransactions(decided))
                .build();
    }

    private static List<String> lines(Map<String, Map<String, ReplicaStatus>> said) {
        return OpenTransactionsText.lines("sh1", SURVIVOR, said);
    }

    @Test
    void saysThatNothingIsKnownOfAServerThatIsSilentOrOfAnOlderVersion() {
        String unknown = "Transactions over several shards: not known, because server-2 does not answer.";
        assertThat(lines(Map.of())).containsExactly(unknown);
        ReplicaStatus older = ReplicaStatus.newBuilder().setGroup(group(1)).build();
        assertThat(lines(Map.of("sh1", Map.of(SURVIVOR, older)))).containsExactly(unknown);
    }

    @Test
    void saysThatNoneIsOpen() {
        assertThat(lines(Map.of("sh1", Map.of(SURVIVOR, copy(1, 9, 0)), "sh2", Map.of("server-0", copy(2, 9, 0)))))
                .containsExactly("Transactions over several shards: none is open.");
    }

    @Test
    void listsWhatIsPreparedAndWhatIsDecided() {
        ReplicaStatus kept = copy(1, 9, 20, transaction(1, 2, 3).setDecided(true), transaction(2, 3));
        assertThat(lines(Map.of(
                        "sh1", Map.of(SURVIVOR, kept),
                        "sh2", Map.of("server-0", copy(2, 9, 0)),
                        "sh3", Map.of("server-0", copy(3, 9, 0)))))
                .containsExactly(
                        "Transactions over several shards that are not over:",
                        "  r/1 is decided here, and not committed in sh2, sh3: it will be",
                        "  r/2 is prepared here: sh3 says how it ends",
                        "  and 18 more");
    }

    /** Its decision may have been in what is lost, and one of its shards may have committed already. */
    @Test
    void reportsWhatMayBeDoneInParts() {
        ReplicaStatus kept = copy(1, 9, 1, transaction(1, 2).setDecided(true));
        ReplicaStatus behind = copy(2, 5, 1, transaction(8, 1));
        ReplicaStatus latest = copy(2, 7, 3, transaction(1, 1), transaction(9, 1), transaction(10, 3));
        assertThat(lines(Map.of("sh1", Map.of(SURVIVOR, kept), "sh2", Map.of("server-0", behind, "server-1", latest))))
                .containsExactly(
                        "Transactions over several shards that are not over:",
                        "  r/1 is decided here, and not committed in sh2: it will be",
                        "  r/9 is prepared in sh2, and sh1 was to decide it: what is kept has no decision, so it will"
                                + " be released. If its client was told that it is done, a part of it may be lost");
    }

    @Test
    void tellsALeadersTransactionsInItsPicture() {
        ShardPicture picture = ShardPicture.of(
                "students",
                "sh1",
                List.of(SURVIVOR),
                Map.of(SURVIVOR, copy(1, 9, 3, transaction(1, 2).setDecided(true))));
        assertThat(PictureText.of(List.of(picture)))
                .contains("server-2: transactions: 2 prepared, 1 decided and not committed everywhere\n");
    }
}
