package io.shardeddb.server.store.mysql;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.TablesRefusedException;
import io.shardeddb.server.store.schema.Going;
import io.shardeddb.server.store.schema.SchemaChange;
import io.shardeddb.server.store.schema.SchemaInstaller;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries tables in a schema made for it and dropped afterwards: what only the database knows is found out before
 * anything depends on it. The tables are empty, so a trial says nothing of how long a change of full ones takes. One at
 * a time.
 */
public final class TableTrials {

    private static final Logger LOG = LoggerFactory.getLogger(TableTrials.class);

    /** For the whole of a trial. Milliseconds. */
    private static final int LIMIT_MILLIS = 10_000;

    private final DatabaseConnections connections;
    private final SecureRandom random = new SecureRandom();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicBoolean swept = new AtomicBoolean();

    TableTrials(DatabaseConnections connections) {
        this.connections = connections;
    }

    /** See {@link StoreFactory#tryTables}. */
    StoreFactory.Trial run(@Nullable DatabaseSchema present, SchemaDefinition definition)
            throws StoreUnavailableException {
        DatabaseSchema asked = DatabaseSchema.ofWire(definition);
        if (!busy.compareAndSet(false, true)) {
            throw new StoreUnavailableException("other tables are being tried");
        }
        try (Connection connection = connections.apart(LIMIT_MILLIS)) {
            // What a trial that broke off has left.
            sweep(connection);
            DatabaseException refusal = refusal(present, asked, definition);
            return new StoreFactory.Trial(
                    engine(connection),
                    refusal == null ? attempt(connection, present, asked, Going.of(definition)) : refusal.getMessage());
        } catch (SQLException e) {
            throw SqlErrors.unavailable("try tables", e);
        } finally {
            busy.set(false);
        }
    }

    /** As a leader would: only that a version may be one that is in force, as what is tried has none yet. */
    private static @Nullable DatabaseException refusal(
            @Nullable DatabaseSchema present, DatabaseSchema asked, SchemaDefinition definition) {
        DatabaseException unknown = SchemaChange.beyondRules(definition);
        return unknown == null ? SchemaChange.refusal(present, asked, definition) : unknown;
    }

    private @Nullable String attempt(
            Connection connection, @Nullable DatabaseSchema present, DatabaseSchema asked, Going going)
            throws SQLException {
        DatabaseSchema after = changed(asked, present);
        if (after.tables().isEmpty()) {
            return null;
        }
        byte[] id = new byte[8];
        random.nextBytes(id);
        String name = SqlText.TRIAL_PREFIX + HexFormat.of().formatHex(id);
        SqlText sql = new SqlText(name);
        SchemaInstaller installer = new SchemaInstaller(connection, name, sql);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        execute(connection, sql.createSchema());
        try {
            StoredSchema before = present == null ? null : new StoredSchema(sql, within(present, after));
            if (before != null) {
                make(installer, installer.missing(null, before), deadline);
            }
            make(installer, installer.missing(before, new StoredSchema(sql, after), going), deadline);
            return null;
        } catch (TablesRefusedException e) {
            LOG.info("the database refuses tables that were tried: {}", String.valueOf(e.getCause()));
            return e.getMessage();
        } finally {
            drop(connection, name);
        }
    }

    private static void make(SchemaInstaller installer, List<SchemaInstaller.Step> steps, long deadline)
            throws SQLException {
        for (SchemaInstaller.Step step : steps) {
            if (System.nanoTime() - deadline > 0) {
                throw new SQLException("the trial took over " + LIMIT_MILLIS + " ms", "HY000");
            }
            installer.make(List.of(step));
        }
    }

    /** The tables asked for that are not in force just so. */
    private static DatabaseSchema changed(DatabaseSchema asked, @Nullable DatabaseSchema present) {
        List<TableDefinition> tables = new ArrayList<>(asked.tables());
        if (present != null) {
            tables.removeIf(table -> table.equals(present.find(table.name())));
        }
        return new DatabaseSchema(asked.version(), asked.strategy(), tables);
    }

    /** The tables in force that are to change. */
    private static DatabaseSchema within(DatabaseSchema present, DatabaseSchema changed) {
        return new DatabaseSchema(
                present.version(),
                present.strategy(),
                present.tables().stream()
                        .filter(table -> changed.find(table.name()) != null)
                        .toList());
    }

    /** Drops what trials of an earlier process have left; the first time that it is called. */
    void sweepOnce(Connection connection) {
        if (swept.compareAndSet(false, true)) {
            try {
                sweep(connection);
            } catch (SQLException e) {
                // The next trial looks again.
                LOG.warn("what earlier trials have left stays for now: {}", e.getMessage());
            }
        }
    }

    private static void sweep(Connection connection) throws SQLException {
        for (String schema : MySqlStoreFactory.schemas(connection)) {
            if (schema.startsWith(SqlText.TRIAL_PREFIX)) {
                execute(connection, SqlText.dropSchema(schema));
            }
        }
    }

    private static void drop(Connection connection, String name) {
        try {
            execute(connection, SqlText.dropSchema(name));
        } catch (SQLException e) {
            LOG.warn("{} stays until the next trial or start: {}", name, e.getMessage());
        }
    }

    private static String engine(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(SqlText.VERSION)) {
            results.next();
            return engine(String.valueOf(results.getString(1)));
        }
    }

    /** "11.4.5-MariaDB-log" is MariaDB 11.4.5, "8.4.6" is MySQL 8.4.6. */
    static String engine(String version) {
        String number = version.split("-", 2)[0];
        return (version.toLowerCase(Locale.ROOT).contains("mariadb") ? "MariaDB " : "MySQL ") + number;
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
