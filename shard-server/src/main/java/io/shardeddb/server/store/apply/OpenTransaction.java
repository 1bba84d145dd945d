package io.shardeddb.server.store.apply;

import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.request.RequestWork;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that begins where the one before it ended and runs entries, as many times as they come, until it is
 * committed once for all of them. Their outcomes are certain as soon as they have run; readers see nothing of them
 * before the commit. When anything fails the caller rolls it back as a whole: the log still has the entries.
 */
final class OpenTransaction {

    private final Connection connection;
    private final SqlText sql;
    private final AppliedRow before;
    private final BatchPreparation batch;
    private final RequestWindow records;
    private final PackedTransaction packed;
    private boolean begun;
    private long bytes;
    private long operations;

    /**
     * Sends nothing yet.
     *
     * @param connection that commits explicitly, the driver's own: a pool would roll back once more what the last
     *     packet commits, which it does not see
     * @param before the applied row as the transaction before left it
     * @param batch nothing prepared yet, as of that row
     * @param records the window as of that row
     */
    OpenTransaction(
            Connection connection, SqlText sql, AppliedRow before, BatchPreparation batch, RequestWindow records) {
        this.connection = connection;
        this.sql = sql;
        this.before = before;
        this.batch = batch;
        this.records = records;
        this.packed = new PackedTransaction(connection, sql);
    }

    OpenTransactions transactions() {
        return batch.transactions();
    }

    AppliedRow before() {
        return before;
    }

    /** Last index that has run. */
    long lastIndex() {
        return batch.entries().isEmpty()
                ? before.index()
                : batch.entries().getLast().entry().index();
    }

    /** Whether more entries may run before it is committed, as {@link EntrySlices} bounds transactions. */
    boolean hasRoomFor(List<CommittedEntry> entries) {
        return batch.entries().size() + entries.size() <= EntrySlices.MAX_ENTRIES
                && bytes + size(entries) <= EntrySlices.MAX_BYTES
                && operations + operations(entries) <= EntrySlices.MAX_OPERATIONS;
    }

    private static long operations(List<CommittedEntry> entries) {
        return entries.stream().mapToLong(EntrySlices::operations).sum();
    }

    private static long size(List<CommittedEntry> entries) {
        return entries.stream().mapToLong(CommittedEntry::size).sum();
    }

    /** Whether anything but rows, their requests and the applied index changes. */
    boolean changesMoreThanRows() {
        return batch.changesMoreThanRows();
    }

    /**
     * Runs entries that follow the last one: in one round trip in the usual case, else request by request.
     *
     * @return the entries with their outcomes; {@code null} when the applied row is not as expected: then nothing has
     *     been done, and the transaction is of no use
     */
    @Nullable
    List<EntryWork> run(List<CommittedEntry> entries) throws SQLException, UnresolvedRequestException {
        if (entries.getFirst().index() != lastIndex() + 1) {
            throw new IllegalStateException("entry " + entries.getFirst().index() + " does not follow " + lastIndex());
        }
        int from = batch.entries().size();
        if (!EntryGroups.run(batch, entries, this::runTogether)) {
            return null;
        }
        bytes += size(entries);
        operations += operations(entries);
        return List.copyOf(batch.entries().subList(from, from + entries.size()));
    }

    /** Runs requests that nothing between them decides on; false when the transaction is of no use. */
    private boolean runTogether(List<RequestWork> requests) throws SQLException, UnresolvedRequestException {
        for (List<RequestWork> some : alike(requests)) {
            PackedTransaction.Change change =
                    batch.changesMoreThanRows() || some.stream().anyMatch(RequestWork::isConditional)
                            ? PackedTransaction.Change.NOT_SENT
                            : packed.change(begun ? null : before, some);
            if (change != PackedTransaction.Change.DONE && !runOneByOne(change, some)) {
                return false;
            }
            begun = true;
        }
        return true;
    }

    /**
     * Cuts requests into neighbours that all depend on rows, or none of them: a commit next to a prepare need not read
     * rows first. At least one list, which may be empty.
     */
    private static List<List<RequestWork>> alike(List<RequestWork> requests) {
        List<List<RequestWork>> all = new ArrayList<>();
        List<RequestWork> some = new ArrayList<>();
        @Nullable Boolean conditional = null;
        for (RequestWork request : requests) {
            if (request.mustRun()) {
                boolean next = request.isConditional();
                if (conditional != null && conditional != next) {
                    all.add(some);
                    some = new ArrayList<>();
                }
                conditional = next;
            }
            some.add(request);
        }
        all.add(some);
        return all;
    }

    private boolean runOneByOne(PackedTransaction.Change change, List<RequestWork> requests)
            throws SQLException, UnresolvedRequestException {
        try (Statement control = connection.createStatement()) {
            if (!begun) {
                connection.rollback();
                if (!new ApplyTransaction(connection, sql).lock().equals(before)) {
                    connection.rollback();
                    return false;
                }
            } else if (change == PackedTransaction.Change.NOT_USUAL) {
                control.execute(SqlText.ROLLBACK_TO_PACKET_SAVEPOINT);
            }
            new ChangeRunner(connection, control).run(requests);
        }
        return true;
    }

    /** Stores what follows from the entries and commits. Returns the applied row from then on. */
    AppliedRow commit() throws SQLException {
        AppliedRow after = batch.after(before);
        if (batch.changesMoreThanRows() || !packed.commit(batch, after)) {
            new ApplyTransaction(connection, sql).store(before, batch, records);
            connection.commit();
        }
        return after;
    }
}
