package io.shardeddb.server.store.mysql;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.sql.DatabaseAddress;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stores of all replicas of this server, on its own MariaDB or MySQL. */
public final class MySqlStoreFactory implements StoreFactory {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlStoreFactory.class);

    /** The default of both databases; it sets how long rows and keys may be, and cannot be changed later. */
    private static final int PAGE_BYTES = 16 << 10;

    /** The largest request must fit one statement. */
    private static final long LEAST_PACKET_BYTES = 16L << 20;

    /**
     * Settings of the doublewrite buffer under which a torn page can be repaired: "fast" is MariaDB's, the other
     * MySQL's.
     */
    private static final Set<String> DOUBLEWRITE = Set.of("1", "ON", "FAST", "DETECT_AND_RECOVER");

    private static final int CANNOT_CREATE_DATABASE = 1006;
    private static final int UNKNOWN_TABLE = 1109;

    private final DatabaseConnections connections;
    private final RequestWindow.Limits limits;
    private final TableTrials trials;
    private boolean shutDownIssued;

    /**
     * @param address this server's own database
     * @param poolSize connections for writes, and as many for reads, at most
     * @param holdable connections besides that may be in transactions which stay open, at most
     */
    public MySqlStoreFactory(DatabaseAddress address, int poolSize, int holdable) {
        this(address, poolSize, holdable, RequestWindow.Limits.STANDARD);
    }

    /** The same with other limits of what is remembered of requests. */
    public MySqlStoreFactory(DatabaseAddress address, int poolSize, int holdable, RequestWindow.Limits limits) {
        this.connections = new DatabaseConnections(address, poolSize, holdable);
        this.limits = limits;
        this.trials = new TableTrials(connections);
    }

    @Override
    public synchronized Claim claim(String volumeId) throws StoreUnavailableException {
        boolean alreadyTold = shutDownIssued;
        try (Connection connection = connections.write()) {
            Claim claim = claim(connection, volumeId);
            connection.rollback();
            if (claim != Claim.SHUTTING_DOWN) {
                trials.sweepOnce(connection);
            }
            return claim;
        } catch (SQLException e) {
            if (shutDownIssued && !alreadyTold) {
                // It takes the connection away with it.
                LOG.debug("the connection ended with the database", e);
                return Claim.SHUTTING_DOWN;
            }
            throw SqlErrors.unavailable("claim the database", e);
        }
    }

    private Claim claim(Connection connection, String volumeId) throws SQLException {
        String marker = readMarker(connection);
        if (volumeId.equals(marker)) {
            shutDownIssued = false;
            return Claim.OWN;
        }
        if (marker != null && !shutDownIssued) {
            LOG.warn("the database belongs to volume {}, not to {}: shutting it down", marker, volumeId);
            shutDown(connection);
            return Claim.SHUTTING_DOWN;
        }
        if (marker == null && !shutDownIssued && hasLostItsFiles(connection)) {
            LOG.warn("the database's files were deleted while it runs: shutting it down");
            shutDown(connection);
            return Claim.SHUTTING_DOWN;
        }
        List<String> schemas = replicaSchemas(connection);
        for (String schema : schemas) {
            LOG.warn("dropping {}, which is of another volume", schema);
            run(connection, SqlText.dropSchema(schema));
        }
        try {
            run(connection, SqlText.CREATE_MARKER_SCHEMA);
        } catch (SQLException e) {
            if (!directoryIsGone(e)) {
                throw e;
            }
            LOG.warn("the database's directory was deleted while it runs: shutting it down");
            shutDown(connection);
            return Claim.SHUTTING_DOWN;
        }
        run(connection, SqlText.CREATE_MARKER);
        try (PreparedStatement statement = connection.prepareStatement(SqlText.WRITE_MARKER)) {
            statement.setString(1, volumeId);
            statement.executeUpdate();
        }
        connection.commit();
        run(connection, SqlText.FLUSH);
        shutDownIssued = false;
        return marker == null && schemas.isEmpty() ? Claim.FRESH : Claim.TAKEN_OVER;
    }

    /**
     * Whether InnoDB knows the marker, whose schema is not there. MariaDB finds schemas by their directories. It would
     * refuse for ever to make a table again that InnoDB has, and not drop it either. MySQL has one list of both.
     */
    private static boolean hasLostItsFiles(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SqlText.KNOWN_MARKERS);
                ResultSet results = statement.executeQuery()) {
            return results.next()
                    && results.getInt(1) > 0
                    && !schemas(connection).contains(SqlText.MARKER_SCHEMA);
        } catch (SQLException e) {
            if (e.getErrorCode() == UNKNOWN_TABLE) {
                LOG.debug("MySQL, which lists its tables elsewhere", e);
                return false;
            }
            throw e;
        }
    }

    /** ER_CANT_CREATE_DB for want of the directory (errno 2), not of space: nothing that it writes can last. */
    private static boolean directoryIsGone(SQLException e) {
        return e.getErrorCode() == CANNOT_CREATE_DATABASE
                && String.valueOf(e.getMessage()).contains("(errno: 2 ");
    }

    private void shutDown(Connection connection) throws SQLException {
        try {
            run(connection, "SHUTDOWN");
        } catch (SQLException e) {
            String state = e.getSQLState();
            if (state == null || !state.startsWith("08")) {
                throw e;
            }
            LOG.debug("the connection ended with the database", e);
        }
        shutDownIssued = true;
    }

    private static @Nullable String readMarker(Connection connection) throws SQLException {
        if (!schemas(connection).contains(SqlText.MARKER_SCHEMA)) {
            return null;
        }
        run(connection, SqlText.CREATE_MARKER);
        try (PreparedStatement statement = connection.prepareStatement(SqlText.READ_MARKER);
                ResultSet results = statement.executeQuery()) {
            return results.next() ? results.getString(1) : null;
        }
    }

    private static List<String> replicaSchemas(Connection connection) throws SQLException {
        return schemas(connection).stream()
                .filter(name -> name.matches("s_[0-9a-f]{32}"))
                .toList();
    }

    static List<String> schemas(Connection connection) throws SQLException {
        List<String> schemas = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(SqlText.SCHEMAS)) {
            while (results.next()) {
                schemas.add(results.getString(1));
            }
        }
        return schemas;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public ReplicaStore open(String group, String memberId, long bootCounter) throws StoreUnavailableException {
        if (!group.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException(
                    "a group's uid is 32 lower-case hexadecimal digits, not '" + group + "'");
        }
        verify();
        MySqlReplicaStore store =
                new MySqlReplicaStore(connections, SqlText.SCHEMA_PREFIX + group, memberId, bootCounter, limits);
        store.open();
        return store;
    }

    @Override
    public Trial tryTables(@Nullable DatabaseSchema present, SchemaDefinition asked) throws StoreUnavailableException {
        return trials.run(present, asked);
    }

    @Override
    public void verify() throws StoreUnavailableException {
        try (Connection connection = connections.read();
                PreparedStatement statement = connection.prepareStatement(SqlText.SETTINGS);
                ResultSet results = statement.executeQuery()) {
            results.next();
            List<String> problems = problems(
                    results.getString(1),
                    results.getInt(2),
                    results.getString(3),
                    results.getInt(4),
                    results.getLong(5),
                    results.getInt(6),
                    results.getInt(7));
            if (!problems.isEmpty()) {
                throw new StoreUnavailableException(
                        "the database's settings lose data or make results differ: " + String.join("; ", problems));
            }
        } catch (SQLException e) {
            throw SqlErrors.unavailable("verify the database", e);
        }
    }

    static List<String> problems(
            String engine,
            int binaryLog,
            String doublewrite,
            int forceRecovery,
            long packet,
            int explicitTimestamps,
            int pageSize) {
        List<String> problems = new ArrayList<>();
        if (!engine.equalsIgnoreCase("InnoDB")) {
            problems.add("default_storage_engine is " + engine + ", it must be InnoDB");
        }
        if (binaryLog != 0) {
            problems.add("log_bin is on, it must be off: commits would be lost other than from the end");
        }
        if (!DOUBLEWRITE.contains(doublewrite.toUpperCase(Locale.ROOT))) {
            problems.add("innodb_doublewrite is " + doublewrite + ", it must be on: torn pages could not be mended");
        }
        if (forceRecovery != 0) {
            problems.add("innodb_force_recovery is " + forceRecovery + ", it must be 0");
        }
        if (packet < LEAST_PACKET_BYTES) {
            problems.add("max_allowed_packet is " + packet + ", it must be at least " + LEAST_PACKET_BYTES);
        }
        if (explicitTimestamps != 1) {
            problems.add("explicit_defaults_for_timestamp is off, it must be on");
        }
        if (pageSize != PAGE_BYTES) {
            problems.add("innodb_page_size is " + pageSize + ", it must be " + PAGE_BYTES
                    + ": which tables can be made depends on it");
        }
        return problems;
    }

    @Override
    public void close() {
        connections.close();
    }
}
