package io.shardeddb.server.store;

import io.shardeddb.protocol.schema.ColumnDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a schema's tables equal a definition. What is there is looked at first, so that a step that was cut off (the databases commit
 * each definition statement by itself) is simply done again.
 */
final class SchemaInstaller {

    private final Connection connection;
    private final String schemaName;
    private final SqlText sql;

    SchemaInstaller(Connection connection, String schemaName, SqlText sql) {
        this.connection = connection;
        this.schemaName = schemaName;
        this.sql = sql;
    }

    /** Makes the replica's schema and its bookkeeping, where missing. */
    void installBookkeeping() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql.createSchema());
            statement.execute(sql.createApplied());
            statement.execute(sql.createRequests());
            statement.execute(sql.createCopy());
        }
    }

    /** Whether the replica's schema is there. */
    boolean exists() throws SQLException {
        return tables().containsKey("_shardeddb_copy");
    }

    /** The statements still needed to make the tables equal the definition. */
    List<String> missing(StoredSchema schema) throws SQLException {
        List<String> statements = new ArrayList<>();
        Map<String, String> present = tables();
        for (StoredTable table : schema.tables()) {
            if (!present.containsKey(table.name())) {
                statements.add(table.sql().createTable());
                continue;
            }
            Set<String> columns = columns(table.name());
            for (ColumnDefinition column : table.definition().columns()) {
                if (!columns.contains(column.name().toLowerCase(Locale.ROOT))) {
                    statements.add(table.sql().addColumn(column));
                }
            }
        }
        return statements;
    }

    void run(List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** A table that another storage engine keeps, which would lose rows with a crash; null when there is none. */
    @Nullable
    String foreignEngine() throws SQLException {
        for (Map.Entry<String, String> table : tables().entrySet()) {
            if (!table.getValue().equalsIgnoreCase("InnoDB")) {
                return table.getKey() + " (" + table.getValue() + ")";
            }
        }
        return null;
    }

    /** Drops all users' tables. */
    void dropUserTables() throws SQLException {
        for (String table : tables().keySet()) {
            if (!table.startsWith("_shardeddb")) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("DROP TABLE IF EXISTS " + sql.table(table));
                }
            }
        }
    }

    private Map<String, String> tables() throws SQLException {
        Map<String, String> tables = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SqlText.TABLES)) {
            statement.setString(1, schemaName);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    String engine = results.getString(2);
                    tables.put(results.getString(1), engine == null ? "none" : engine);
                }
            }
        }
        return tables;
    }

    private Set<String> columns(String table) throws SQLException {
        Set<String> columns = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(SqlText.COLUMNS)) {
            statement.setString(1, schemaName);
            statement.setString(2, table);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    columns.add(results.getString(1).toLowerCase(Locale.ROOT));
                }
            }
        }
        return columns;
    }
}
