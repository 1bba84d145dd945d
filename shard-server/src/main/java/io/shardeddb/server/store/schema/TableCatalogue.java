package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.schema.Identifiers;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.server.store.sql.PathIndexSql;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is there in one schema of the database, as its catalogue tells. Nothing is kept: each question is asked again.
 */
final class TableCatalogue {

    private final Connection connection;
    private final String schemaName;
    private final SqlText sql;

    TableCatalogue(Connection connection, String schemaName, SqlText sql) {
        this.connection = connection;
        this.schemaName = schemaName;
        this.sql = sql;
    }

    /** The tables, and what keeps each. */
    Map<String, String> tables() throws SQLException {
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

    /**
     * The columns of a table by their names in small letters, without those that belong to an index of a path; empty
     * when there is no such table.
     */
    Map<String, ColumnShape> columns(String table) throws SQLException {
        Map<String, ColumnShape> columns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SqlText.COLUMNS)) {
            statement.setString(1, schemaName);
            statement.setString(2, table);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    String name = results.getString(1).toLowerCase(Locale.ROOT);
                    if (!PathIndexSql.isColumn(name)) {
                        columns.put(
                                name,
                                ColumnShape.ofCatalogue(
                                        results.getString(2), results.getString(3), results.getString(4)));
                    }
                }
            }
        }
        return columns;
    }

    /** The primary key's columns, in order. */
    List<String> keyColumns(String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SqlText.KEY_COLUMNS)) {
            statement.setString(1, schemaName);
            statement.setString(2, table);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    columns.add(results.getString(1));
                }
            }
        }
        return columns;
    }

    /** Our indexes of a table, by their names in a definition. */
    Map<String, IndexDefinition> indexes(String table) throws SQLException {
        Map<String, IndexDefinition> indexes = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SqlText.INDEX_COLUMNS)) {
            statement.setString(1, schemaName);
            statement.setString(2, table);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    String name = results.getString(1).substring(TableSql.INDEX_PREFIX.length());
                    IndexDefinition known = indexes.get(name);
                    List<String> columns = known == null ? new ArrayList<>() : new ArrayList<>(known.columns());
                    columns.add(results.getString(2));
                    indexes.put(name, PathIndexSql.told(name, columns, results.getString(3)));
                }
            }
        }
        return indexes;
    }

    boolean holdsRows(String table) throws SQLException {
        return hasRow("SELECT 1 FROM " + sql.table(table) + " LIMIT 1");
    }

    /** Whether a column has a value in any row. It may go through all of them. */
    boolean holdsValues(String table, String column) throws SQLException {
        return hasRow(
                "SELECT 1 FROM " + sql.table(table) + " WHERE " + Identifiers.quote(column) + " IS NOT NULL LIMIT 1");
    }

    private boolean hasRow(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(query)) {
            return results.next();
        }
    }
}
