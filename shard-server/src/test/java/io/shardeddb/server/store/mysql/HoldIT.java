package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.StoreFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Entries that are held have the outcomes that they have when they are applied, and no reader sees them before they are
 * settled.
 */
class HoldIT extends OnMariaDb {

    private final List<ReplicaStore> stores = new ArrayList<>();
    private String group;
    private String member;
    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        member = StoreFixture.uid();
        log = new Entries(StoreFixture.SCHEMA);
        store = open(group, log);
        store.apply(List.of(log.write(log.request(insert(0)))));
    }

    @AfterEach
    void closeStores() {
        stores.forEach(ReplicaStore::close);
    }

    private ReplicaStore open(String ofGroup, Entries entries) throws Exception {
        ReplicaStore opened = factory.open(ofGroup, member, 1);
        stores.add(opened);
        if (opened.applied().index() == 0) {
            opened.apply(entries.beginning());
        }
        return opened;
    }

    private RowOperation insert(long id) {
        return log.row(OperationKind.INSERT, "StudT", number(id), text("n"), number(7));
    }

    private List<EntryOutcome> hold(CommittedEntry... entries) throws Exception {
        return Objects.requireNonNull(store.hold(List.of(entries)));
    }

    private static List<WriteReply> replies(List<EntryOutcome> outcomes) {
        return outcomes.stream().flatMap(outcome -> outcome.replies().stream()).toList();
    }

    private long rows() throws Exception {
        return store.checksums().tables().getFirst().getRows();
    }

    @Test
    void showsNothingBeforeItIsSettled() throws Exception {
        long before = store.applied().index();

        assertThat(replies(hold(log.write(log.request(insert(1))))).getFirst().getAffectedList())
                .containsExactly(1);
        hold(log.write(log.request(insert(2))), log.write(log.request(insert(3))));

        assertThat(rows()).isEqualTo(1);
        assertThat(store.checksums().at().index()).isEqualTo(before);
        store.settle();
        assertThat(rows()).isEqualTo(4);
        assertThat(store.checksums().at().index()).isEqualTo(before + 3);
    }

    @Test
    void refusesWhatCannotRunAndKeepsTheRest() throws Exception {
        hold(log.write(log.request(insert(1))));

        List<WriteReply> replies = replies(hold(
                log.write(log.request(insert(2)), log.request(insert(1)), log.request(insert(3))),
                log.write(log.request(log.delete("StudT", Row.of(number(2)))))));
        hold(log.write(log.request(insert(2))));
        store.settle();

        assertThat(replies.stream().map(WriteReply::hasError)).containsExactly(false, true, false, false);
        assertThat(replies.get(1).getError().getCode()).isEqualTo(ErrorCode.DUPLICATE_KEY.name());
        assertThat(rows()).isEqualTo(4);
    }

    @Test
    void refusesAlsoInTheFirstEntries() throws Exception {
        List<WriteReply> replies = replies(hold(log.write(log.request(insert(0)), log.request(insert(1)))));
        hold(log.write(log.request(insert(2))));
        store.settle();

        assertThat(replies.stream().map(WriteReply::hasError)).containsExactly(true, false);
        assertThat(rows()).isEqualTo(3);
    }

    @Test
    void knowsARequestThatIsHeld() throws Exception {
        LoggedRequest request = log.request(insert(1));
        WriteReply first = replies(hold(log.write(request))).getFirst();

        WriteReply repeat = replies(hold(log.write(request))).getFirst();
        store.settle();
        WriteReply again = replies(hold(log.write(request))).getFirst();

        assertThat(repeat).isEqualTo(first.toBuilder().setRepeated(true).build());
        assertThat(again).isEqualTo(repeat);
    }

    @Test
    void hasTheSameOutcomesWhenItIsLostBeforeItIsSettled() throws Exception {
        long before = store.applied().index();
        List<CommittedEntry> entries = List.of(
                log.write(log.request(insert(1))),
                log.write(log.request(insert(1)), log.request(insert(2))),
                log.write(log.request(insert(3))));
        List<EntryOutcome> told = new ArrayList<>();
        for (CommittedEntry entry : entries) {
            told.addAll(hold(entry));
        }

        store.close();
        store = open(group, log);

        assertThat(store.applied().index()).isEqualTo(before);
        assertThat(rows()).isEqualTo(1);
        assertThat(store.apply(entries)).isEqualTo(told);
        assertThat(rows()).isEqualTo(4);
    }

    @Test
    void hasTheSameStateAsWithoutHolding() throws Exception {
        Entries otherLog = new Entries(StoreFixture.SCHEMA);
        ReplicaStore other = open(StoreFixture.uid(), otherLog);
        List<CommittedEntry> entries = List.of(
                log.write(log.request(insert(1)), log.request(insert(0))),
                log.write(log.request(insert(2))),
                log.write(log.request(log.delete("StudT", Row.of(number(0))))),
                log.write(log.request(insert(2))));
        other.apply(List.of(otherLog.write(log.request(insert(0)))));

        for (CommittedEntry entry : entries) {
            hold(entry);
        }
        other.apply(entries);

        assertThat(store.applied().stateHash()).isEqualTo(other.applied().stateHash());
        assertThat(store.checksums().tables()).isEqualTo(other.checksums().tables());
    }

    @Test
    void givesEverythingUpWhenAnEntryIsMissing() throws Exception {
        long before = store.applied().index();
        hold(log.write(log.request(insert(1))));
        log.write(log.request(insert(2)));
        CommittedEntry behindTheGap = log.write(log.request(insert(3)));

        assertThatThrownBy(() -> store.hold(List.of(behindTheGap))).hasMessageContaining("does not follow");

        assertThat(store.applied().index()).isEqualTo(before);
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void settlesBeforeAnythingElse() throws Exception {
        hold(log.write(log.request(insert(1))));
        store.apply(List.of(log.write(log.request(insert(2)))));
        assertThat(rows()).isEqualTo(3);

        hold(log.write(log.request(insert(3))));
        assertThat(store.flush().index()).isEqualTo(log.index());
        assertThat(rows()).isEqualTo(4);

        hold(log.write(log.request(insert(4))));
        CommittedEntry membership = log.configuration("c");
        assertThat(store.hold(List.of(membership))).isNull();
        assertThat(rows()).isEqualTo(5);
        store.apply(List.of(membership));
        assertThat(store.applied().index()).isEqualTo(log.index());
    }

    @Test
    void leavesConnectionsToOthers() throws Exception {
        int holding = 0;
        List<ReplicaStore> holders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Entries entries = new Entries(StoreFixture.SCHEMA);
            ReplicaStore next = open(StoreFixture.uid(), entries);
            next.apply(List.of(entries.write(log.request(insert(0)))));
            holding += next.hold(List.of(entries.write(log.request(insert(1))))) == null ? 0 : 1;
            holders.add(next);
        }

        assertThat(holding).isEqualTo(4);
        for (ReplicaStore holder : holders) {
            holder.settle();
        }
        hold(log.write(log.request(insert(1))));
        store.settle();
        assertThat(rows()).isEqualTo(2);
    }
}
