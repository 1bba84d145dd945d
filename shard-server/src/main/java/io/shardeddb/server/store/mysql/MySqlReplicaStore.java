package io.shardeddb.server.store.mysql;

import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.RowsView;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.apply.ApplyTransaction;
import io.shardeddb.server.store.apply.EntrySlices;
import io.shardeddb.server.store.apply.Transactions;
import io.shardeddb.server.store.copy.CopyTarget;
import io.shardeddb.server.store.copy.MySqlSnapshotSink;
import io.shardeddb.server.store.copy.MySqlSnapshotSource;
import io.shardeddb.server.store.copy.TableSums;
import io.shardeddb.server.store.read.OpenViews;
import io.shardeddb.server.store.read.RowReads;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.schema.Going;
import io.shardeddb.server.store.schema.SchemaDefining;
import io.shardeddb.server.store.schema.SchemaInstaller;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.CopyMark;
import io.shardeddb.server.store.state.KnownSchema;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredState;
import io.shardeddb.server.store.transaction.TransactionView;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica's tables in a schema of its own on this server's database. */
final class MySqlReplicaStore implements ReplicaStore, CopyTarget {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlReplicaStore.class);

    private final DatabaseConnections connections;
    private final String schemaName;
    private final String memberId;
    private final long bootCounter;
    private final SqlText sql;
    private final OpenViews views = new OpenViews();
    private final RowReads reads;
    private final KnownSchema schema;
    private final Transactions transactions;
    private final SchemaDefining defining;

    /** Greatest index that this store has seen in the database: reads never show less. */
    private final AtomicLong seen = new AtomicLong();

    MySqlReplicaStore(
            DatabaseConnections connections,
            String schemaName,
            String memberId,
            long bootCounter,
            RequestWindow.Limits limits) {
        this.connections = connections;
        this.schemaName = schemaName;
        this.memberId = memberId;
        this.bootCounter = bootCounter;
        this.sql = new SqlText(schemaName);
        this.reads = new RowReads(connections, sql, views);
        this.schema = new KnownSchema(sql);
        this.transactions = new Transactions(
                connections,
                sql,
                memberId,
                bootCounter,
                limits,
                schema,
                index -> seen.accumulateAndGet(index, Math::max));
        this.defining = new SchemaDefining(schemaName, sql, memberId, bootCounter, views, schema, transactions);
    }

    /** Makes the bookkeeping where it is missing and takes the tables over for this member and process. */
    void open() throws StoreUnavailableException {
        inTransaction("open " + schemaName, connection -> {
            SchemaInstaller installer = new SchemaInstaller(connection, schemaName, sql);
            if (!installer.exists()) {
                installer.installBookkeeping();
            }
            String foreign = installer.foreignEngine();
            if (foreign != null) {
                throw new SQLException("table " + foreign + " is not kept by InnoDB", "HY000");
            }
            takeOver(connection, installer);
            return null;
        });
        applied();
    }

    private void takeOver(Connection connection, SchemaInstaller installer) throws SQLException {
        AppliedRow row = AppliedRow.select(connection, sql.lockApplied());
        if (row != null && row.memberId().equals(memberId)) {
            if (row.bootCounter() > bootCounter) {
                throw new SQLException(
                        "a newer process (boot " + row.bootCounter() + ") has taken over from this one (boot "
                                + bootCounter + ")",
                        "HY000");
            }
            setMember(connection);
            connection.commit();
            return;
        }
        if (row != null) {
            LOG.info("{} belonged to member {}; emptied for member {}", schemaName, row.memberId(), memberId);
            connection.rollback();
            clear(connection, installer);
        }
        insertApplied(connection);
        connection.commit();
    }

    private void setMember(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.setMember())) {
            statement.setString(1, memberId);
            statement.setLong(2, bootCounter);
            statement.executeUpdate();
        }
    }

    private void insertApplied(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.insertApplied())) {
            statement.setString(1, memberId);
            statement.setLong(2, bootCounter);
            statement.executeUpdate();
        }
    }

    /** Drops and makes again: everything of the replica is gone afterwards, and no applied row is there. */
    private void clear(Connection connection, SchemaInstaller installer) throws SQLException {
        views.change(OpenViews.Ending.ROWS_GO, () -> {
            dropTables(connection);
            installer.installBookkeeping();
        });
        seen.set(0);
        schema.set(null);
        transactions.forget();
    }

    @Override
    public AppliedState applied() throws StoreUnavailableException {
        return inTransaction("read the applied row", this::appliedOn);
    }

    private AppliedState appliedOn(Connection connection) throws SQLException {
        AppliedRow row = new ApplyTransaction(connection, sql).lock();
        StoredState state = StoredState.read(connection, sql, row);
        connection.rollback();
        schema.remember(state.schema());
        seen.accumulateAndGet(row.index(), Math::max);
        // Locks must be known before anybody is served.
        transactions.open(connection);
        return state.toState();
    }

    @Override
    public List<EntryOutcome> apply(List<CommittedEntry> entries, Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException {
        Map<BatchPreparation.Target, Verdict> verdicts = EntryWork.verdicts(entries);
        List<List<CommittedEntry>> slices = EntrySlices.of(entries);
        if (slices.size() == 1) {
            return applySlice(slices.getFirst(), verdicts, certain);
        }
        List<EntryOutcome> outcomes = new ArrayList<>(entries.size());
        for (List<CommittedEntry> slice : slices) {
            outcomes.addAll(applySlice(slice, verdicts, part -> {}));
        }
        return outcomes;
    }

    private List<EntryOutcome> applySlice(
            List<CommittedEntry> slice,
            Map<BatchPreparation.Target, Verdict> verdicts,
            Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException {
        LoggedCommand first = slice.getFirst().command();
        if (first != null && first.hasDefineSchema()) {
            CommittedEntry entry = slice.getFirst();
            return List.of(define(entry, first, verdicts.get(new BatchPreparation.Target(entry.index(), 0))));
        }
        List<EntryWork> works = transactions.apply(slice, verdicts, certain);
        List<EntryOutcome> outcomes = new ArrayList<>(works.size());
        for (EntryWork work : works) {
            // A mark ends its slice, so the tables stand at its index.
            outcomes.add(work.outcome(work.isMark() ? checksums().tables() : List.of()));
        }
        return outcomes;
    }

    @Override
    public @Nullable List<EntryOutcome> hold(List<CommittedEntry> entries)
            throws StoreUnavailableException, UnresolvedRequestException {
        return transactions.hold(entries);
    }

    @Override
    public void settle() throws StoreUnavailableException {
        transactions.settle();
    }

    @Override
    public TransactionView transactions() {
        return transactions.view();
    }

    private EntryOutcome define(CommittedEntry entry, LoggedCommand command, @Nullable Verdict verdict)
            throws StoreUnavailableException, UnresolvedRequestException {
        EntryWork work = new EntryWork(entry);
        UnresolvedRequestException unresolved = inTransaction(
                "define schema at " + entry.index(),
                connection -> defining.apply(connection, entry, command, verdict, work));
        if (unresolved != null) {
            throw unresolved;
        }
        seen.accumulateAndGet(entry.index(), Math::max);
        return work.outcome(List.of());
    }

    @Override
    public AppliedState flush() throws StoreUnavailableException {
        return inTransaction("flush", connection -> {
            // On one connection: had the database been restarted between the two, what was read might be lost and yet
            // be called durable.
            AppliedState state = appliedOn(connection);
            SchemaDefining.flush(connection);
            return state;
        });
    }

    @Override
    public ReadReply read(ReadRequest request) throws StoreUnavailableException {
        return SqlErrors.reading("read", () -> reads.read(request, schema.get(), seen.get()));
    }

    @Override
    public List<ReadReply> readKeys(List<ReadRequest> requests) throws StoreUnavailableException {
        return SqlErrors.reading("read", () -> reads.readKeys(requests, schema.get(), seen.get()));
    }

    @Override
    public ScanEnd scan(ReadRequest request, Predicate<ScanChunk> chunks) throws StoreUnavailableException {
        return SqlErrors.reading("scan", () -> reads.scan(request, schema.get(), seen.get(), chunks));
    }

    @Override
    public RowsView openView() throws StoreUnavailableException {
        return SqlErrors.reading("open a view", () -> reads.open(schema.get(), seen.get()));
    }

    @Override
    public Checksums checksums() throws StoreUnavailableException {
        try (OpenViews.View view = views.open(connections::view)) {
            StoredState state = stateIn(view.connection());
            return new Checksums(state.toState(), TableSums.ofAll(view.connection(), sql, state.schema()));
        } catch (SQLException e) {
            throw SqlErrors.unavailable("checksums", e);
        }
    }

    private StoredState stateIn(Connection view) throws SQLException {
        AppliedRow row = AppliedRow.select(view, sql.readApplied());
        if (row == null) {
            throw new SQLException("the applied row is missing", "HY000");
        }
        return StoredState.read(view, sql, row);
    }

    @Override
    public SnapshotSource openSnapshot() throws StoreUnavailableException {
        try {
            OpenViews.View view = views.open(connections::view);
            try {
                StoredState state = stateIn(view.connection());
                SchemaDefinition definition = state.schema();
                StoredSchema tables = definition == null ? null : StoredSchema.of(sql, definition);
                return new MySqlSnapshotSource(view, sql, schemaName, state, tables);
            } catch (SQLException e) {
                view.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqlErrors.unavailable("open a snapshot", e);
        }
    }

    @Override
    public SnapshotSink beginInstall(String copyId) throws StoreUnavailableException {
        MySqlSnapshotSink sink = new MySqlSnapshotSink(this, sql, copyId);
        inTransaction("begin the installation of copy " + copyId, connection -> {
            AppliedRow row = new ApplyTransaction(connection, sql).lock();
            boolean goesOn = row.index() == 0 && sink.read(connection);
            connection.rollback();
            if (!goesOn) {
                clear(connection, new SchemaInstaller(connection, schemaName, sql));
                insertApplied(connection);
                sink.begin(connection);
                connection.commit();
            }
            return null;
        });
        transactions.forget();
        return sink;
    }

    @Override
    public @Nullable String unfinishedInstall() throws StoreUnavailableException {
        return inTransaction("look for an installation", connection -> {
            String copy = copyRow(connection);
            return CopyMark.isComplete(copy) ? null : copy;
        });
    }

    @Override
    public long copiedIndex() throws StoreUnavailableException {
        return inTransaction("look for a complete copy", connection -> CopyMark.index(copyRow(connection)));
    }

    private @Nullable String copyRow(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.readCopy());
                ResultSet results = statement.executeQuery()) {
            return results.next() ? results.getString(1) : null;
        }
    }

    @Override
    public void forgetCopy() throws StoreUnavailableException {
        inTransaction("forget a complete copy", connection -> {
            if (CopyMark.isComplete(copyRow(connection))) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql.endCopy());
                }
                connection.commit();
            }
            return null;
        });
    }

    @Override
    public void installTables(StoredSchema copied) throws StoreUnavailableException {
        inTransaction("make the copied tables", connection -> {
            ApplyTransaction transaction = new ApplyTransaction(connection, sql);
            defining.makeTables(connection, () -> checkOwner(transaction.lock()), null, copied, Going.NOTHING);
            return null;
        });
    }

    @Override
    public void checkOwner(AppliedRow row) throws SQLException {
        if (!row.memberId().equals(memberId) || row.bootCounter() != bootCounter) {
            throw new SQLException(
                    "the tables belong to member " + row.memberId() + ", boot " + row.bootCounter(), "HY000");
        }
    }

    @Override
    public void drop() throws StoreUnavailableException {
        inTransaction("drop " + schemaName, connection -> {
            views.change(OpenViews.Ending.ROWS_GO, () -> dropTables(connection));
            schema.set(null);
            return null;
        });
        transactions.forget();
    }

    private void dropTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SqlText.dropSchema(schemaName));
        }
    }

    @Override
    public void close() {
        views.abortAll(OpenViews.Ending.ROWS_GO);
        transactions.close();
    }

    @Override
    public <T extends @Nullable Object> T inTransaction(String doing, Work<T> work) throws StoreUnavailableException {
        // What is held has the lock that the work may wait for.
        transactions.settle();
        try (Connection connection = connections.write()) {
            try {
                T result = work.run(connection);
                connection.rollback();
                return result;
            } catch (SQLException | RuntimeException e) {
                DatabaseConnections.rollBack(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw SqlErrors.unavailable(doing, e);
        }
    }
}
