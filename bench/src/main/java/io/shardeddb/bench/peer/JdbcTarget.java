package io.shardeddb.bench.peer;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A MySQL-compatible database over JDBC. Clients are spread over its servers in turn.
 *
 * @param urls of its servers; each with user and password
 */
public record JdbcTarget(String name, List<String> urls) implements Target {

    /** Statements are prepared by the server; batches become one statement of many rows. */
    private static final String OPTIONS =
            "?useServerPrepStmts=true&cachePrepStmts=true&rewriteBatchedStatements=true&useLocalSessionState=true"
                    + "&sslMode=DISABLED&allowPublicKeyRetrieval=true&connectionCollation=utf8mb4_bin"
                    + "&connectTimeout=10000&socketTimeout=60000";

    static final String SCHEMA = "bench";

    public JdbcTarget {
        urls = List.copyOf(urls);
    }

    /** A server's address for clients. */
    static String url(String host, int port, String user, String password) {
        return "jdbc:mysql://" + host + ":" + port + "/" + OPTIONS + "&user=" + user + "&password=" + password;
    }

    @Override
    public Session connect(Table table, int client) throws LoadException {
        try {
            return new JdbcSession(open(client), table);
        } catch (SQLException e) {
            throw new LoadException("no connection to " + name + ": " + e.getMessage(), e);
        }
    }

    private Connection open(int client) throws SQLException {
        Connection connection = DriverManager.getConnection(urls.get(client % urls.size()));
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    /** Makes the table empty, in a schema of its own. */
    public void create(Table table) throws LoadException {
        String columns = table.columns().stream()
                .map(column -> column.name() + (column.number() ? " BIGINT NOT NULL" : " VARCHAR(255) NOT NULL"))
                .collect(Collectors.joining(", "));
        try (Connection connection = open(0);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS " + SCHEMA);
            statement.execute("DROP TABLE IF EXISTS " + qualified(table));
            statement.execute("CREATE TABLE " + qualified(table) + " (" + columns + ", PRIMARY KEY ("
                    + table.key().name() + ")) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        } catch (SQLException e) {
            throw new LoadException(name + ": table " + table.name() + " was not made: " + e.getMessage(), e);
        }
    }

    /**
     * Brings a file of comma-separated values, with a line of names, into a table by one {@code LOAD DATA}.
     *
     * @return how many seconds it took
     */
    public double load(Table table, Path file) throws LoadException {
        try (Connection connection = DriverManager.getConnection(urls.getFirst() + "&allowLoadLocalInfile=true");
                Statement statement = connection.createStatement()) {
            long start = System.nanoTime();
            statement.execute("LOAD DATA LOCAL INFILE '"
                    + file.toString().replace("\\", "/").replace("'", "''")
                    + "' INTO TABLE " + qualified(table)
                    + " CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' LINES TERMINATED BY '\\n' IGNORE 1 LINES");
            return (System.nanoTime() - start) / 1e9;
        } catch (SQLException e) {
            throw new LoadException(name + ": LOAD DATA into " + table.name() + ": " + e.getMessage(), e);
        }
    }

    private static String qualified(Table table) {
        return SCHEMA + "." + table.name();
    }

    /** What a writer is told that lost against another one. */
    private static final int DEADLOCK = 1213;

    private static final int MOST_ATTEMPTS = 1_000;

    private static final class JdbcSession implements Session {
        private final Connection connection;
        private final Table table;
        private final Map<String, PreparedStatement> statements = new HashMap<>();

        JdbcSession(Connection connection, Table table) {
            this.connection = connection;
            this.table = table;
        }

        @Override
        public void run(Operation operation) throws LoadException {
            try {
                switch (operation) {
                    case Operation.Insert insert -> insert(insert);
                    case Operation.Read read -> read(read);
                    case Operation.Scan scan -> scan(scan);
                    case Operation.Update update -> update(update);
                    case Operation.Add add -> add(add);
                    case Operation.ReadModifyWrite both -> {
                        read(both.read());
                        update(both.update());
                    }
                }
            } catch (SQLException e) {
                throw new LoadException(operation.kind() + ": " + e.getMessage(), e);
            }
        }

        private PreparedStatement statement(String sql) throws SQLException {
            PreparedStatement known = statements.get(sql);
            if (known == null) {
                known = connection.prepareStatement(sql);
                statements.put(sql, known);
            }
            return known;
        }

        private void insert(Operation.Insert insert) throws SQLException {
            PreparedStatement statement = statement("INSERT INTO " + qualified(table) + " VALUES (?"
                    + ", ?".repeat(table.columns().size() - 1) + ")");
            for (List<Object> row : insert.values()) {
                for (int i = 0; i < row.size(); i++) {
                    statement.setObject(i + 1, row.get(i));
                }
                if (insert.rows() > 1) {
                    statement.addBatch();
                }
            }
            if (insert.rows() > 1) {
                statement.executeBatch();
            } else {
                statement.executeUpdate();
            }
        }

        private void read(Operation.Read read) throws SQLException, LoadException {
            PreparedStatement statement = statement("SELECT * FROM " + qualified(table) + " WHERE "
                    + table.key().name() + " = ?");
            statement.setLong(1, read.key());
            if (rows(statement) != 1) {
                throw new LoadException("read " + read.key() + ": no such row");
            }
        }

        private void scan(Operation.Scan scan) throws SQLException {
            String key = table.key().name();
            PreparedStatement statement = statement(
                    "SELECT * FROM " + qualified(table) + " WHERE " + key + " >= ? ORDER BY " + key + " LIMIT ?");
            statement.setLong(1, scan.from());
            statement.setInt(2, scan.limit());
            rows(statement);
        }

        private int rows(PreparedStatement statement) throws SQLException {
            try (ResultSet result = statement.executeQuery()) {
                int rows = 0;
                while (result.next()) {
                    for (int i = 0; i < table.columns().size(); i++) {
                        if (result.getObject(i + 1) == null) {
                            throw new SQLException("a value is missing");
                        }
                    }
                    rows++;
                }
                return rows;
            }
        }

        private void update(Operation.Update update) throws SQLException, LoadException {
            PreparedStatement statement = statement("UPDATE " + qualified(table) + " SET "
                    + table.columns().get(update.column()).name() + " = ? WHERE "
                    + table.key().name() + " = ?");
            statement.setObject(1, update.value());
            statement.setLong(2, update.key());
            if (statement.executeUpdate() != 1) {
                throw new LoadException("update " + update.key() + ": no such row");
            }
        }

        /** Of writers on several nodes one loses, and tries again, as a client of such a cluster must. */
        private void add(Operation.Add add) throws SQLException, LoadException {
            String column = table.columns().get(add.column()).name();
            PreparedStatement statement = statement("UPDATE " + qualified(table) + " SET " + column + " = " + column
                    + " + ? WHERE " + table.key().name() + " = ?");
            statement.setLong(1, add.amount());
            statement.setLong(2, add.key());
            for (int attempt = 1; ; attempt++) {
                try {
                    if (statement.executeUpdate() != 1) {
                        throw new LoadException("add to " + add.key() + ": no such row");
                    }
                    return;
                } catch (SQLException e) {
                    if (e.getErrorCode() != DEADLOCK || attempt == MOST_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException("a connection does not close", e);
            }
        }
    }
}
