package io.shardeddb.server.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to this server's database. They are of three kinds. Those for apply use the text protocol with
 * rewritten batches, and explicit transactions. Those for reads use the binary protocol and one statement each. Those
 * for views are held long.
 *
 * <p>Each connection sets what the result of a statement depends on itself; nothing is left to the database's
 * configuration.
 */
public final class DatabaseConnections implements AutoCloseable {

    /** Without it, a half-open connection would hold a caller for ever. Milliseconds. */
    private static final int SOCKET_TIMEOUT_MILLIS = 60_000;

    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

    /** Views that are open at the same time, at most. */
    private static final int MOST_VIEWS = 100;

    private final DatabaseAddress address;
    private final HikariDataSource writes;
    private final HikariDataSource reads;
    private final HikariDataSource views;

    /** Those that may be held between calls: the others are for code that takes one and gives it back. */
    private final Semaphore toHold;

    /**
     * @param poolSize connections of each pool, at most, besides those that are held
     * @param holdable connections that may be held at the same time
     */
    public DatabaseConnections(DatabaseAddress address, int poolSize, int holdable) {
        this.address = address;
        this.toHold = new Semaphore(holdable);
        this.writes = pool("writes", poolSize + holdable, false);
        this.reads = pool("reads", poolSize, true);
        this.views = pool("views", MOST_VIEWS, true, config -> {
            config.setAutoCommit(false);
            config.setMinimumIdle(0);
        });
    }

    /**
     * A connection for transactions; commits explicitly. Isolation: READ COMMITTED, the applied row's lock orders
     * writers.
     */
    public Connection write() throws SQLException {
        return writes.getConnection();
    }

    /** As {@link #write}, to be held for a while; absent when enough of them are. */
    public @Nullable Held hold() throws SQLException {
        if (!toHold.tryAcquire()) {
            return null;
        }
        boolean held = false;
        try {
            Held connection = new Held(writes.getConnection());
            held = true;
            return connection;
        } finally {
            if (!held) {
                toHold.release();
            }
        }
    }

    /** A connection that is held. Closing it gives it back; what is open on it must have been ended before. */
    public final class Held implements AutoCloseable {
        private final Connection connection;

        private Held(Connection connection) {
            this.connection = connection;
        }

        public Connection connection() {
            return connection;
        }

        @Override
        public void close() throws SQLException {
            try {
                connection.close();
            } finally {
                toHold.release();
            }
        }
    }

    /** A connection on which each statement is a transaction and a view of its own. */
    public Connection read() throws SQLException {
        return reads.getConnection();
    }

    /**
     * A connection in a transaction whose view is taken now. It is held for minutes, perhaps; the caller closes it. A
     * few are kept for the next ones: while a view of several shards is opened, writers may be waiting.
     */
    public Connection view() throws SQLException {
        Connection connection = views.getConnection();
        try (var statement = connection.createStatement()) {
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * A new connection in no pool, each statement of which is a transaction; the caller closes it.
     *
     * @param timeoutMillis a statement that takes longer breaks it
     */
    public Connection apart(int timeoutMillis) throws SQLException {
        Properties properties = new Properties();
        driverProperties(properties, true);
        properties.setProperty("socketTimeout", Integer.toString(timeoutMillis));
        properties.setProperty("user", address.user());
        properties.setProperty("password", address.password());
        Connection connection = new com.mysql.cj.jdbc.Driver().connect(url(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not take " + url());
        }
        try (var statement = connection.createStatement()) {
            statement.execute(SqlText.SESSION);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void close() {
        writes.close();
        reads.close();
        views.close();
    }

    private HikariDataSource pool(String name, int size, boolean forReads) {
        return pool(name, size, forReads, config -> {});
    }

    private HikariDataSource pool(String name, int size, boolean forReads, Consumer<HikariConfig> more) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url());
        config.setUsername(address.user());
        config.setPassword(address.password());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setIdleTimeout(60_000);
        config.setConnectionTimeout(5_000);
        config.setValidationTimeout(2_000);
        // The database may come up after this server: that is the callers' StoreUnavailableException, not a failed
        // start.
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(forReads);
        config.setTransactionIsolation(forReads ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(SqlText.SESSION);
        Properties properties = new Properties();
        driverProperties(properties, forReads);
        config.setDataSourceProperties(properties);
        more.accept(config);
        return new HikariDataSource(config);
    }

    private String url() {
        return "jdbc:mysql://" + address.host() + ":" + address.port() + "/";
    }

    private static void driverProperties(Properties properties, boolean forReads) {
        properties.setProperty("characterEncoding", "UTF-8");
        properties.setProperty("connectionCollation", "utf8mb4_bin");
        properties.setProperty("connectionTimeZone", "UTC");
        properties.setProperty("sslMode", "DISABLED");
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("tcpNoDelay", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_MILLIS));
        properties.setProperty("socketTimeout", Integer.toString(SOCKET_TIMEOUT_MILLIS));
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("cachePrepStmts", "true");
        properties.setProperty("prepStmtCacheSize", "256");
        properties.setProperty("prepStmtCacheSqlLimit", "16384");
        properties.setProperty("useLocalSessionState", "true");
        properties.setProperty("cacheServerConfiguration", "true");
        properties.setProperty("maintainTimeStats", "false");
        if (forReads) {
            // The binary protocol: in text a FLOAT loses digits.
            properties.setProperty("useServerPrepStmts", "true");
        } else {
            properties.setProperty("rewriteBatchedStatements", "true");
            // Saves two round trips for each batch of updates. Statements consist of our own text, quoted identifiers
            // and parameters.
            properties.setProperty("allowMultiQueries", "true");
        }
    }

    /** Gives a transaction up after a failure, which learns of what fails meanwhile. */
    public static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and with it the transaction.
            cause.addSuppressed(e);
        }
    }
}
