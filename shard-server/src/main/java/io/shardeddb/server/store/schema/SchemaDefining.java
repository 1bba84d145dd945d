package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.TablesRefusedException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.apply.ApplyTransaction;
import io.shardeddb.server.store.apply.Transactions;
import io.shardeddb.server.store.read.OpenViews;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.sql.DamagedTablesException;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.KnownSchema;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a definition to one replica's tables: everything before it is applied and forced, then the tables are made
 * equal to it, then it is recorded and forced. A crash anywhere between repeats the step, which looks first at what is
 * there.
 *
 * <p>When the database cannot make the tables, what was made is taken back, and a verdict is asked for; with the
 * verdict the definition is refused, on every replica alike.
 */
public final class SchemaDefining {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaDefining.class);

    /** How long the database's refusal is taken to hold. Its settings may be corrected meanwhile. */
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * So long one statement on the tables may take: some go through all rows of a table. One that takes longer goes on
     * in the database, under its lock, and is found done, or under way, by the next try.
     */
    static final int LONGEST_STATEMENT_MILLIS = (int) TimeUnit.HOURS.toMillis(1);

    private final String schemaName;
    private final SqlText sql;
    private final String memberId;
    private final long bootCounter;
    private final OpenViews views;
    private final KnownSchema schema;
    private final Transactions transactions;
    private @Nullable Refused lastRefused;

    /**
     * What the database refused a moment ago. If the same definition is in the log many times, it is not tried again
     * for each.
     *
     * @param entry index of the entry whose attempt it was; a repeat of that is meant as another try
     * @param present version of the tables that were in force; 0: none
     * @param since on the monotonic clock
     */
    private record Refused(
            long entry, long present, SchemaDefinition definition, TablesRefusedException reason, long since) {}

    public SchemaDefining(
            String schemaName,
            SqlText sql,
            String memberId,
            long bootCounter,
            OpenViews views,
            KnownSchema schema,
            Transactions transactions) {
        this.transactions = transactions;
        this.schemaName = schemaName;
        this.sql = sql;
        this.memberId = memberId;
        this.bootCounter = bootCounter;
        this.views = views;
        this.schema = schema;
    }

    /** Makes sure that the tables are still this process's. */
    public interface OwnerCheck {
        void run() throws SQLException;
    }

    /**
     * Applies the entry, and commits.
     *
     * @param verdict on this entry; absent: none
     * @param work takes the refusal, if the definition is refused
     * @return what needs a verdict, and then nothing was applied; absent: the entry is applied
     */
    public @Nullable UnresolvedRequestException apply(
            Connection connection,
            CommittedEntry entry,
            LoggedCommand command,
            @Nullable Verdict verdict,
            EntryWork work)
            throws SQLException {
        ApplyTransaction transaction = new ApplyTransaction(connection, sql);
        AppliedRow before = transaction.lockFor(entry, memberId, bootCounter);
        StoredSchema present = schema.of(connection, before);
        connection.rollback();
        SchemaDefinition definition = TableRules.understood(command.getDefineSchema());
        if (CommittedEntry.isUnknown(definition)) {
            throw new SQLException(
                    "entry " + entry.index() + " defines tables by rules that are not known here", "HY000");
        }
        StoredSchema next = SchemaChange.next(work, sql, present, definition);
        // What is prepared commits rows of the present tables.
        if (next != null && transactions.open(connection).anyPrepared()) {
            work.refused(new DatabaseException(
                            ErrorCode.LOCKED,
                            "transactions are prepared; tables are changed when they are over, so repeat it")
                    .toWire());
            next = null;
        }
        // Before any attempt, and whatever the verdict: what the log has written decides, the same on every replica.
        DatabaseException loss = next == null ? null : loss(connection, present, next, definition);
        if (loss != null) {
            work.refused(loss.toWire());
            next = null;
        }
        if (next != null) {
            OwnerCheck owner = () -> transaction.lockFor(entry, memberId, bootCounter);
            if (verdict == null) {
                TablesRefusedException refused = attempt(connection, owner, present, next, entry.index(), definition);
                if (refused != null) {
                    return new UnresolvedRequestException(entry.index(), ErrorCode.INVALID_SCHEMA.name(), refused);
                }
            } else {
                takeBack(connection, owner, present, next, definition);
                work.refused(refusal(verdict).toWire());
                next = null;
            }
        }
        record(connection, transaction, entry, command.getTimestamp(), definition, next, work);
        return null;
    }

    /** Why what the definition takes back cannot go: it holds something; absent when it can. */
    private @Nullable DatabaseException loss(
            Connection connection, @Nullable StoredSchema present, StoredSchema next, SchemaDefinition definition)
            throws SQLException {
        List<TakenBack.Loss> losses = present == null ? List.of() : TakenBack.losses(present, next, definition);
        if (losses.isEmpty()) {
            return null;
        }
        int patience = connection.getNetworkTimeout();
        connection.rollback();
        try {
            connection.setNetworkTimeout(Runnable::run, LONGEST_STATEMENT_MILLIS);
            return TakenBack.refusal(connection, schemaName, sql, losses);
        } finally {
            patience(connection, patience);
            connection.rollback();
        }
    }

    /** Makes the tables; what the database says when it cannot, and then nothing of them is left. */
    private @Nullable TablesRefusedException attempt(
            Connection connection,
            OwnerCheck owner,
            @Nullable StoredSchema present,
            StoredSchema next,
            long entry,
            SchemaDefinition definition)
            throws SQLException {
        long version = present == null ? 0 : present.version();
        SchemaDefinition tables = definition.toBuilder().clearVersion().build();
        Refused last = lastRefused;
        if (last != null
                && last.entry() != entry
                && last.present() == version
                && last.definition().equals(tables)
                && System.nanoTime() - last.since() < REFUSED_NANOS) {
            return last.reason();
        }
        flush(connection);
        try {
            makeTables(connection, owner, present, next, Going.of(definition));
            return null;
        } catch (TablesRefusedException e) {
            LOG.warn("{}: the database refuses a definition: {}", schemaName, String.valueOf(e.getCause()));
            try {
                takeBack(connection, owner, present, next, definition);
            } catch (DamagedTablesException dropped) {
                // Another try goes on from here. With a verdict, this copy is worth nothing.
                LOG.warn("{}: the refused definition has dropped something already", schemaName, dropped);
            }
            lastRefused = new Refused(entry, version, tables, e, System.nanoTime());
            return e;
        }
    }

    private static DatabaseException refusal(Verdict verdict) {
        return new DatabaseException(
                ErrorCode.ofName(verdict.getCode()),
                verdict.getMessage().isEmpty() ? "the database cannot make the tables" : verdict.getMessage());
    }

    private void record(
            Connection connection,
            ApplyTransaction transaction,
            CommittedEntry entry,
            long loggedAt,
            SchemaDefinition definition,
            @Nullable StoredSchema next,
            EntryWork work)
            throws SQLException {
        AppliedRow row = transaction.lockFor(entry, memberId, bootCounter);
        if (next != null) {
            transaction.setSchema(next.version(), definition.toByteArray());
        }
        if (entry.configuration() != null) {
            transaction.setConfiguration(entry.configuration(), entry.index());
        }
        long timestamp = Math.max(row.timestamp(), loggedAt);
        transaction.advance(entry, timestamp, work.hashInto(row.stateHash()), row.requestFloor(), row.requestCount());
        connection.commit();
        if (next != null) {
            schema.set(next);
            flush(connection);
        }
    }

    /**
     * Makes the tables those of a definition, where they are not.
     *
     * @param going what the definition names, to go or to be made again
     */
    public void makeTables(
            Connection connection, OwnerCheck owner, @Nullable StoredSchema present, StoredSchema next, Going going)
            throws SQLException {
        SchemaInstaller installer = new SchemaInstaller(connection, schemaName, sql);
        alone(connection, owner, () -> {
            List<SchemaInstaller.Step> missing = installer.missing(present, next, going);
            // Looking at the catalogue began a transaction.
            connection.rollback();
            if (!missing.isEmpty()) {
                views.change(OpenViews.Ending.TABLES_CHANGE, () -> installer.make(missing));
            }
        });
    }

    private void takeBack(
            Connection connection,
            OwnerCheck owner,
            @Nullable StoredSchema present,
            StoredSchema refused,
            SchemaDefinition definition)
            throws SQLException {
        SchemaInstaller installer = new SchemaInstaller(connection, schemaName, sql);
        alone(connection, owner, () -> {
            List<SchemaInstaller.Step> extra =
                    installer.extra(present, refused, Going.of(definition).all());
            connection.rollback();
            if (!extra.isEmpty()) {
                views.change(OpenViews.Ending.TABLES_CHANGE, () -> installer.takeBack(extra));
            }
        });
    }

    /**
     * Changes tables while nobody else does. A definition statement is not part of a transaction. So the applied row's
     * lock cannot keep out one that an older process, or an abandoned connection, is still running. A lock that lasts
     * as long as its connection can.
     */
    private void alone(Connection connection, OwnerCheck owner, OpenViews.Change change) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SqlText.GET_LOCK)) {
            statement.setString(1, lockName());
            try (ResultSet results = statement.executeQuery()) {
                if (!results.next() || results.getInt(1) != 1) {
                    throw new SQLException("another process or connection is changing the tables", "HY000");
                }
            }
        }
        int patience = connection.getNetworkTimeout();
        try {
            owner.run();
            connection.rollback();
            connection.setNetworkTimeout(Runnable::run, LONGEST_STATEMENT_MILLIS);
            change.run();
        } finally {
            release(connection);
            patience(connection, patience);
        }
    }

    private static void patience(Connection connection, int millis) {
        try {
            connection.setNetworkTimeout(Runnable::run, millis);
        } catch (SQLException e) {
            LOG.debug("the connection is lost, and its settings with it", e);
        }
    }

    private void release(Connection connection) {
        try (PreparedStatement statement = connection.prepareStatement(SqlText.RELEASE_LOCK)) {
            statement.setString(1, lockName());
            statement.execute();
        } catch (SQLException e) {
            LOG.debug("the lock goes with its connection", e);
            abort(connection);
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("aborting a connection", e);
        }
    }

    private String lockName() {
        return "shardeddb_" + schemaName;
    }

    public static void flush(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SqlText.FLUSH);
        }
    }
}
