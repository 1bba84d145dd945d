package io.shardeddb.server.store.apply;

import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.KnownSchema;
import io.shardeddb.server.store.transaction.OpenTransactions;
import io.shardeddb.server.store.transaction.TransactionView;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that apply entries to one replica's tables, one after the other. What the last one left is
 * remembered, so that the next one need not read it. Used by one thread at a time; {@link #close} may be called by any.
 */
public final class Transactions {

    private final DatabaseConnections connections;
    private final SqlText sql;
    private final String memberId;
    private final long bootCounter;
    private final RequestWindow.Limits limits;
    private final KnownSchema schema;
    private final LongConsumer committed;
    private final StoredRequests requests;

    private volatile TransactionView view = TransactionView.NONE;

    // These are null when what the database holds is not known for sure.
    private @Nullable RequestWindow window;
    private @Nullable AppliedRow known;
    private @Nullable OpenTransactions open;

    /** The applied row as the last transaction that was committed left it. */
    private @Nullable AppliedRow settled;

    private final Object holding = new Object();
    private @Nullable HeldRows held;
    private boolean closed;

    /** Entries that have run in a transaction that is still open. */
    private record HeldRows(OpenTransaction transaction, DatabaseConnections.Held connection) {}

    /**
     * @param memberId whose tables they must be
     * @param bootCounter of the process whose they must be
     * @param committed hears the index of each transaction
     */
    public Transactions(
            DatabaseConnections connections,
            SqlText sql,
            String memberId,
            long bootCounter,
            RequestWindow.Limits limits,
            KnownSchema schema,
            LongConsumer committed) {
        this.connections = connections;
        this.sql = sql;
        this.memberId = memberId;
        this.bootCounter = bootCounter;
        this.limits = limits;
        this.schema = schema;
        this.committed = committed;
        this.requests = new StoredRequests(sql);
    }

    /** Applies a slice in one transaction, and before it what is held; see {@code ReplicaStore.apply}. */
    public List<EntryWork> apply(
            List<CommittedEntry> slice,
            Map<BatchPreparation.Target, Verdict> verdicts,
            Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException {
        settle();
        try (Connection connection = connections.write()) {
            try {
                List<EntryWork> works = packed(connection, slice, verdicts, certain);
                if (works == null) {
                    works = stepByStep(connection, slice, verdicts);
                }
                committed.accept(slice.getLast().index());
                return works;
            } catch (SQLException | UnresolvedRequestException | RuntimeException e) {
                forget();
                DatabaseConnections.rollBack(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            forget();
            throw SqlErrors.unavailable(
                    "apply from " + slice.getFirst().index() + " to "
                            + slice.getLast().index(),
                    e);
        }
    }

    private List<EntryWork> stepByStep(
            Connection connection, List<CommittedEntry> slice, Map<BatchPreparation.Target, Verdict> verdicts)
            throws SQLException, UnresolvedRequestException {
        ApplyTransaction transaction = new ApplyTransaction(connection, sql);
        AppliedRow row = transaction.lockFor(slice.getFirst(), memberId, bootCounter);
        RequestWindow records = window(connection, row);
        BatchPreparation batch = new BatchPreparation(
                row,
                schema.of(connection, row),
                records,
                verdicts,
                index -> requests.of(connection, index),
                open(connection));
        transaction.run(row, batch, records, slice);
        connection.commit();
        batch.transactions().stored();
        settled = batch.after(row);
        return batch.entries();
    }

    /** The usual case in two round trips; null when this is not one, and it has had no effect. */
    private @Nullable List<EntryWork> packed(
            Connection pooled,
            List<CommittedEntry> slice,
            Map<BatchPreparation.Target, Verdict> verdicts,
            Consumer<List<EntryOutcome>> certain)
            throws SQLException, UnresolvedRequestException {
        OpenTransaction transaction = begin(pooled, slice.getFirst(), verdicts);
        if (transaction == null) {
            return null;
        }
        List<EntryWork> works = transaction.run(slice);
        if (works == null) {
            forget();
            return null;
        }
        if (!transaction.changesMoreThanRows() && !works.getLast().isMark()) {
            certain.accept(outcomes(works));
        }
        commit(transaction);
        return works;
    }

    private static List<EntryOutcome> outcomes(List<EntryWork> works) {
        return works.stream().map(work -> work.outcome(List.of())).toList();
    }

    /**
     * A transaction behind the last one; null when what that one left is not known, or the entry does not follow it.
     */
    private @Nullable OpenTransaction begin(
            Connection pooled, CommittedEntry first, Map<BatchPreparation.Target, Verdict> verdicts)
            throws SQLException {
        AppliedRow row = settled;
        RequestWindow records = window;
        OpenTransactions transactions = open;
        if (row == null
                || records == null
                || transactions == null
                || row.index() == 0
                || first.index() != row.index() + 1
                || first.term() < row.term()
                || !schema.isOf(row)) {
            return null;
        }
        Connection connection = pooled.unwrap(Connection.class);
        return new OpenTransaction(
                connection,
                sql,
                row,
                new BatchPreparation(
                        row, schema.get(), records, verdicts, index -> requests.of(connection, index), transactions),
                records);
    }

    private void commit(OpenTransaction transaction) throws SQLException {
        AppliedRow after = transaction.commit();
        transaction.transactions().stored();
        known = transaction.before();
        settled = after;
    }

    /** See {@code ReplicaStore.hold}. */
    public @Nullable List<EntryOutcome> hold(List<CommittedEntry> entries)
            throws StoreUnavailableException, UnresolvedRequestException {
        synchronized (holding) {
            if (closed) {
                return null;
            }
            HeldRows present = held;
            if (!entries.stream().allMatch(CommittedEntry::changesRowsAlone)
                    || (present != null && !present.transaction().hasRoomFor(entries))) {
                settle();
                return null;
            }
            try {
                HeldRows next = present == null ? beginHeld(entries.getFirst()) : present;
                if (next == null) {
                    return null;
                }
                held = next;
                List<EntryWork> works = next.transaction().run(entries);
                if (works == null) {
                    abandonHeld(null);
                    return null;
                }
                return outcomes(works);
            } catch (SQLException e) {
                abandonHeld(e);
                throw SqlErrors.unavailable("run from " + entries.getFirst().index(), e);
            } catch (UnresolvedRequestException | RuntimeException e) {
                abandonHeld(e);
                throw e;
            }
        }
    }

    private @Nullable HeldRows beginHeld(CommittedEntry first) throws SQLException {
        DatabaseConnections.Held connection = connections.hold();
        if (connection == null) {
            return null;
        }
        OpenTransaction transaction = null;
        try {
            transaction = begin(connection.connection(), first, Map.of());
            return transaction == null ? null : new HeldRows(transaction, connection);
        } finally {
            if (transaction == null) {
                connection.close();
            }
        }
    }

    /** Commits what is held, if anything is. */
    public void settle() throws StoreUnavailableException {
        synchronized (holding) {
            HeldRows present = held;
            if (present == null) {
                return;
            }
            try {
                commit(present.transaction());
                held = null;
                present.connection().close();
                committed.accept(present.transaction().lastIndex());
            } catch (SQLException e) {
                abandonHeld(e);
                throw SqlErrors.unavailable("apply to " + present.transaction().lastIndex(), e);
            } catch (RuntimeException e) {
                abandonHeld(e);
                throw e;
            }
        }
    }

    /** Rolls back what is held, after a failure if there was one. What the database holds must be asked for again. */
    private void abandonHeld(@Nullable Exception cause) {
        HeldRows present = held;
        held = null;
        forget();
        if (present != null) {
            try (DatabaseConnections.Held connection = present.connection()) {
                connection.connection().rollback();
            } catch (SQLException e) {
                // The connection is lost, and with it the transaction.
                if (cause != null) {
                    cause.addSuppressed(e);
                }
            }
        }
    }

    /** What the database holds is not known any more. */
    public void forget() {
        window = null;
        known = null;
        settled = null;
        open = null;
    }

    /** Transactions that are not over, as of the locked row: those in memory, or read again. */
    public OpenTransactions open(Connection connection) throws SQLException {
        OpenTransactions present = open;
        if (present != null) {
            return present;
        }
        OpenTransactions loaded = new OpenTransactions(new StoredTransactions(sql).all(connection));
        open = loaded;
        view = loaded.view();
        return loaded;
    }

    /**
     * What others see of the transactions that are not over: none before the first entry was applied or it was asked.
     */
    public TransactionView view() {
        return view;
    }

    /** The window as of the locked row: the one in memory if it is that of the last transaction, else read again. */
    private RequestWindow window(Connection connection, AppliedRow row) throws SQLException {
        RequestWindow present = window;
        AppliedRow last = known;
        known = row;
        if (present != null
                && last != null
                && present.count() == row.requestCount()
                && present.floor() == row.requestFloor()) {
            return present;
        }
        RequestWindow loaded = requests.window(connection, row, limits);
        window = loaded;
        return loaded;
    }

    /** Rolls back what is held; nothing can be held from now on. */
    public void close() {
        synchronized (holding) {
            closed = true;
            abandonHeld(null);
        }
    }
}
