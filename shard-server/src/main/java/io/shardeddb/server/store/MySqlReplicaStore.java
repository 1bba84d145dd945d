package io.shardeddb.server.store;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableChecksum;
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
final class MySqlReplicaStore implements ReplicaStore {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlReplicaStore.class);

    private final DatabaseConnections connections;
    private final String schemaName;
    private final String memberId;
    private final long bootCounter;
    private final RequestWindow.Limits limits;
    private final SqlText sql;
    private final OpenViews views = new OpenViews();
    private final RowReads reads;
    private final StoredRequests requests;
    private volatile @Nullable StoredSchema schema;

    /** Greatest index that this store has seen in the database: reads never show less. */
    private final AtomicLong seen = new AtomicLong();

    // Used by the applying thread alone. They are null when what the database holds is not known for sure.
    private @Nullable RequestWindow window;
    private @Nullable AppliedRow known;

    /** The applied row as the last transaction that was committed left it. */
    private @Nullable AppliedRow settled;

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
        this.limits = limits;
        this.sql = new SqlText(schemaName);
        this.reads = new RowReads(connections, sql, views);
        this.requests = new StoredRequests(sql);
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
        views.change(() -> {
            dropTables(connection);
            installer.installBookkeeping();
        });
        seen.set(0);
        schema = null;
        forget();
    }

    @Override
    public AppliedState applied() throws StoreUnavailableException {
        return inTransaction("read the applied row", this::appliedOn);
    }

    private AppliedState appliedOn(Connection connection) throws SQLException {
        AppliedRow row = new ApplyTransaction(connection, sql).lock();
        StoredState state = StoredState.read(connection, sql, row);
        connection.rollback();
        rememberSchema(state.schema());
        see(row.index());
        return state.toState();
    }

    private void see(long index) {
        seen.accumulateAndGet(index, Math::max);
    }

    private void rememberSchema(@Nullable SchemaDefinition definition) {
        StoredSchema present = schema;
        if (definition == null) {
            schema = null;
        } else if (present == null || present.version() != definition.getVersion()) {
            schema = new StoredSchema(sql, DatabaseSchema.ofWire(definition));
        }
    }

    @Override
    public List<EntryOutcome> apply(List<CommittedEntry> entries, Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException {
        Map<BatchPreparation.Target, ErrorCode> verdicts = BatchPreparation.verdicts(entries);
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
            Map<BatchPreparation.Target, ErrorCode> verdicts,
            Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException {
        LoggedCommand first = slice.getFirst().command();
        if (first != null && first.hasDefineSchema()) {
            return List.of(defineSchema(slice.getFirst(), first));
        }
        List<EntryWork> works = transaction(slice, verdicts, certain);
        List<EntryOutcome> outcomes = new ArrayList<>(works.size());
        for (EntryWork work : works) {
            // A mark ends its slice, so the tables stand at its index.
            outcomes.add(work.outcome(isMark(work) ? checksums().tables() : List.of()));
        }
        return outcomes;
    }

    private static boolean isMark(EntryWork work) {
        LoggedCommand command = work.entry().command();
        return command != null && command.hasChecksum();
    }

    private List<EntryWork> transaction(
            List<CommittedEntry> slice,
            Map<BatchPreparation.Target, ErrorCode> verdicts,
            Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException, UnresolvedRequestException {
        try (Connection connection = connections.write()) {
            try {
                List<EntryWork> works = packed(connection, slice, verdicts, certain);
                if (works == null) {
                    works = stepByStep(connection, slice, verdicts);
                }
                see(slice.getLast().index());
                return works;
            } catch (SQLException | UnresolvedRequestException | RuntimeException e) {
                forget();
                rollBack(connection, e);
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
            Connection connection, List<CommittedEntry> slice, Map<BatchPreparation.Target, ErrorCode> verdicts)
            throws SQLException, UnresolvedRequestException {
        ApplyTransaction transaction = new ApplyTransaction(connection, sql);
        AppliedRow row = transaction.lockFor(slice.getFirst(), memberId, bootCounter);
        RequestWindow records = window(connection, row);
        BatchPreparation batch = prepared(connection, slice, verdicts, row, schemaOf(connection, row), records);
        transaction.run(row, batch, records);
        connection.commit();
        settled = batch.after(row);
        return batch.entries();
    }

    private BatchPreparation prepared(
            Connection connection,
            List<CommittedEntry> slice,
            Map<BatchPreparation.Target, ErrorCode> verdicts,
            AppliedRow row,
            @Nullable StoredSchema tables,
            RequestWindow records)
            throws SQLException {
        BatchPreparation batch =
                new BatchPreparation(row, tables, records, verdicts, index -> requests.of(connection, index));
        for (CommittedEntry entry : slice) {
            batch.prepare(entry);
        }
        return batch;
    }

    /** The usual case in two round trips; null when this is not one, and nothing has come of it. */
    private @Nullable List<EntryWork> packed(
            Connection pooled,
            List<CommittedEntry> slice,
            Map<BatchPreparation.Target, ErrorCode> verdicts,
            Consumer<List<EntryOutcome>> certain)
            throws SQLException, UnresolvedRequestException {
        AppliedRow row = settled;
        RequestWindow records = window;
        StoredSchema tables = schema;
        CommittedEntry first = slice.getFirst();
        if (row == null
                || records == null
                || row.index() == 0
                || first.index() != row.index() + 1
                || first.term() < row.term()
                || row.schemaVersion() != (tables == null ? 0 : tables.version())) {
            return null;
        }
        // The pool would roll back once more what the last packet commits, which it does not see.
        Connection connection = pooled.unwrap(Connection.class);
        BatchPreparation batch = prepared(connection, slice, verdicts, row, tables, records);
        ApplyTransaction transaction = new ApplyTransaction(connection, sql);
        if (!batch.changesMoreThanRows()) {
            PackedTransaction packed = new PackedTransaction(connection, sql);
            PackedTransaction.First outcome = packed.change(row, batch.requests());
            if (outcome == PackedTransaction.First.DONE) {
                if (!isMark(batch.entries().getLast())) {
                    certain.accept(batch.entries().stream()
                            .map(work -> work.outcome(List.of()))
                            .toList());
                }
                AppliedRow after = batch.after(row);
                if (!packed.commit(batch, after)) {
                    transaction.store(row, batch, records);
                    connection.commit();
                }
                known = row;
                settled = after;
                return batch.entries();
            }
            connection.rollback();
        }
        if (!transaction.lock().equals(row)) {
            connection.rollback();
            forget();
            return null;
        }
        transaction.run(row, batch, records);
        connection.commit();
        known = row;
        settled = batch.after(row);
        return batch.entries();
    }

    private void forget() {
        window = null;
        known = null;
        settled = null;
    }

    /** The window as of the locked row: the one in memory if it is that of the last transaction, else read anew. */
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

    private @Nullable StoredSchema schemaOf(Connection connection, AppliedRow row) throws SQLException {
        StoredSchema present = schema;
        if (row.schemaVersion() == (present == null ? 0 : present.version())) {
            return present;
        }
        rememberSchema(StoredState.read(connection, sql, row).schema());
        return schema;
    }

    /**
     * A definition: everything before it is applied and forced, then the tables are made equal to it, then it is recorded and forced. A
     * crash anywhere between repeats the step, which looks first at what is there.
     */
    private EntryOutcome defineSchema(CommittedEntry entry, LoggedCommand command) throws StoreUnavailableException {
        EntryWork work = new EntryWork(entry);
        inTransaction("define schema at " + entry.index(), connection -> {
            ApplyTransaction transaction = new ApplyTransaction(connection, sql);
            AppliedRow before = transaction.lockFor(entry, memberId, bootCounter);
            StoredSchema present = schemaOf(connection, before);
            connection.rollback();
            SchemaDefinition definition = command.getDefineSchema();
            StoredSchema next = SchemaChange.next(work, sql, present, definition);
            if (next != null) {
                flush(connection);
                makeTables(connection, next);
            }
            AppliedRow row = transaction.lockFor(entry, memberId, bootCounter);
            if (next != null) {
                transaction.setSchema(next.version(), definition.toByteArray());
            }
            if (entry.configuration() != null) {
                transaction.setConfiguration(entry.configuration(), entry.index());
            }
            long timestamp = Math.max(row.timestamp(), command.getTimestamp());
            transaction.advance(
                    entry, timestamp, work.hashInto(row.stateHash()), row.requestFloor(), row.requestCount());
            connection.commit();
            see(entry.index());
            if (next != null) {
                schema = next;
                flush(connection);
            }
            return null;
        });
        return work.outcome(List.of());
    }

    private void makeTables(Connection connection, StoredSchema next) throws SQLException {
        SchemaInstaller installer = new SchemaInstaller(connection, schemaName, sql);
        List<String> missing = installer.missing(next);
        // Looking at the catalogue began a transaction.
        connection.rollback();
        if (!missing.isEmpty()) {
            views.change(() -> installer.run(missing));
        }
    }

    @Override
    public AppliedState flush() throws StoreUnavailableException {
        return inTransaction("flush", connection -> {
            // On one connection: had the database been restarted between the two, what was read might be lost and yet
            // be called durable.
            AppliedState state = appliedOn(connection);
            flush(connection);
            return state;
        });
    }

    private static void flush(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SqlText.FLUSH);
        }
    }

    @Override
    public ReadReply read(ReadRequest request) throws StoreUnavailableException {
        try {
            return reads.read(request, schema, seen.get());
        } catch (SQLException e) {
            throw SqlErrors.unavailable("read", e);
        }
    }

    @Override
    public List<ReadReply> readKeys(List<ReadRequest> requests) throws StoreUnavailableException {
        try {
            return reads.readKeys(requests, schema, seen.get());
        } catch (SQLException e) {
            throw SqlErrors.unavailable("read", e);
        }
    }

    @Override
    public ScanEnd scan(ReadRequest request, Predicate<ScanChunk> chunks) throws StoreUnavailableException {
        try {
            return reads.scan(request, schema, seen.get(), chunks);
        } catch (SQLException e) {
            throw SqlErrors.unavailable("scan", e);
        }
    }

    @Override
    public Checksums checksums() throws StoreUnavailableException {
        try (OpenViews.View view = views.open(connections::view)) {
            StoredState state = stateIn(view.connection());
            SchemaDefinition definition = state.schema();
            List<TableChecksum> sums = definition == null
                    ? List.of()
                    : TableSums.ofTables(view.connection(), new StoredSchema(sql, DatabaseSchema.ofWire(definition)));
            return new Checksums(state.toState(), sums);
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
                StoredSchema tables =
                        definition == null ? null : new StoredSchema(sql, DatabaseSchema.ofWire(definition));
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
        forget();
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

    /** Makes the tables of a copied schema, before its rows come. */
    void installTables(StoredSchema copied) throws StoreUnavailableException {
        inTransaction("make the copied tables", connection -> {
            makeTables(connection, copied);
            return null;
        });
    }

    StoredSchema tablesOf(SchemaDefinition definition) {
        return new StoredSchema(sql, DatabaseSchema.ofWire(definition));
    }

    /** Fails unless the tables are still this process's. */
    void checkOwner(AppliedRow row) throws SQLException {
        if (!row.memberId().equals(memberId) || row.bootCounter() != bootCounter) {
            throw new SQLException(
                    "the tables belong to member " + row.memberId() + ", boot " + row.bootCounter(), "HY000");
        }
    }

    @Override
    public void drop() throws StoreUnavailableException {
        inTransaction("drop " + schemaName, connection -> {
            views.change(() -> dropTables(connection));
            schema = null;
            return null;
        });
        forget();
    }

    private void dropTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SqlText.dropSchema(schemaName));
        }
    }

    @Override
    public void close() {
        views.abortAll();
    }

    /** Work on a connection that does not commit by itself. */
    interface Work<T extends @Nullable Object> {
        T run(Connection connection) throws SQLException;
    }

    /** Runs work that commits or rolls back itself; whatever is left open is rolled back. */
    <T extends @Nullable Object> T inTransaction(String doing, Work<T> work) throws StoreUnavailableException {
        try (Connection connection = connections.write()) {
            try {
                T result = work.run(connection);
                connection.rollback();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw SqlErrors.unavailable(doing, e);
        }
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and with it the transaction.
            cause.addSuppressed(e);
        }
    }
}
