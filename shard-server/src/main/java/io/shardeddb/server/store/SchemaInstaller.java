package io.shardeddb.server.store;

import io.shardeddb.protocol.schema.ColumnDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a schema's tables equal a definition. What is there is looked at first, so that a step that was cut off (the databases commit
 * each definition statement by itself) is simply done again.
 *
 * <p>What is there beyond the definition in force is a leftover and holds nothing that anybody was told of: it is kept when it is what is
 * wanted, and made anew when it is not. So what becomes of a definition depends on the log alone.
 */
final class SchemaInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaInstaller.class);

    private final Connection connection;
    private final String schemaName;
    private final SqlText sql;

    /** One statement, and the table that it is about. */
    record Step(String table, String statement) {}

    SchemaInstaller(Connection connection, String schemaName, SqlText sql) {
        this.connection = connection;
        this.schemaName = schemaName;
        this.sql = sql;
    }

    /** Makes the replica's schema and its bookkeeping, where missing. */
    void installBookkeeping() throws SQLException {
        execute(sql.createSchema());
        execute(sql.createApplied());
        execute(sql.createRequests());
        execute(sql.createCopy());
    }

    /** Whether the replica's schema is there. */
    boolean exists() throws SQLException {
        return tables().containsKey("_shardeddb_copy");
    }

    /**
     * What is still needed to make the tables those of a definition.
     *
     * @param present what is in force; absent: nothing is
     * @throws SQLException also when something of what is in force is missing, or a leftover holds rows: then this copy's tables are not what
     *     its log made
     */
    List<Step> missing(@Nullable StoredSchema present, StoredSchema next) throws SQLException {
        List<Step> steps = new ArrayList<>();
        Map<String, String> there = tables();
        for (StoredTable table : next.tables()) {
            StoredTable inForce = present == null ? null : present.find(table.name());
            if (inForce != null) {
                missingColumns(inForce, table, steps);
            } else if (!there.containsKey(table.name())) {
                steps.add(new Step(table.name(), table.sql().createTable()));
            } else {
                replaceLeftover(table, steps);
            }
        }
        return steps;
    }

    private void replaceLeftover(StoredTable table, List<Step> steps) throws SQLException {
        if (holdsRows(table.name())) {
            throw damaged("table " + table.name() + " holds rows, but no definition in force has it");
        }
        Map<String, ColumnShape> columns = columns(table.name());
        List<ColumnDefinition> wanted = table.definition().columns();
        boolean same = columns.size() == wanted.size() + 1
                && wanted.stream().allMatch(column -> ColumnShape.of(column).equals(columns.get(key(column))))
                && keyColumns(table.name()).equals(table.definition().primaryKey());
        if (!same) {
            LOG.warn(
                    "{}: table {} is there with the columns {}, left by a definition that did not come into force: it is"
                            + " made anew",
                    schemaName,
                    table.name(),
                    columns);
            steps.add(new Step(table.name(), dropTable(table.name())));
            steps.add(new Step(table.name(), table.sql().createTable()));
        }
    }

    private void missingColumns(StoredTable inForce, StoredTable table, List<Step> steps) throws SQLException {
        Map<String, ColumnShape> columns = columns(table.name());
        List<ColumnDefinition> old = inForce.definition().columns();
        for (ColumnDefinition column : old) {
            requireInForce(table.name(), column, columns.get(key(column)));
        }
        for (ColumnDefinition column : table.definition()
                .columns()
                .subList(old.size(), table.definition().columns().size())) {
            ColumnShape there = columns.get(key(column));
            if (ColumnShape.of(column).equals(there)) {
                continue;
            }
            if (there != null) {
                LOG.warn(
                        "{}: column {} of table {} is there as {}, left by a definition that did not come into force: it is"
                                + " made anew",
                        schemaName,
                        column.name(),
                        table.name(),
                        there);
                steps.add(new Step(table.name(), table.sql().dropColumn(column)));
            }
            steps.add(new Step(table.name(), table.sql().addColumn(column)));
        }
    }

    private void requireInForce(String table, ColumnDefinition column, @Nullable ColumnShape there)
            throws SQLException {
        if (there == null) {
            throw damaged(
                    "column " + column.name() + " of table " + table + " is missing, but a definition in force has it");
        }
        if (!ColumnShape.of(column).equals(there)) {
            // Not refused: that would be the outcome of this replica alone.
            LOG.error(
                    "{}: column {} of table {} is {}, the definition in force has {}: somebody changed the tables",
                    schemaName,
                    column.name(),
                    table,
                    there,
                    ColumnShape.of(column));
        }
    }

    private static SQLException damaged(String what) {
        return new SQLException(what + ": somebody changed this copy's tables", "HY000");
    }

    /**
     * What takes back what a definition has made, and leaves what is in force.
     *
     * @param present what is in force; absent: nothing is
     */
    List<Step> extra(@Nullable StoredSchema present, StoredSchema refused) throws SQLException {
        List<Step> steps = new ArrayList<>();
        Map<String, String> there = tables();
        for (StoredTable table : refused.tables()) {
            StoredTable inForce = present == null ? null : present.find(table.name());
            if (!there.containsKey(table.name())) {
                continue;
            }
            if (inForce != null) {
                Map<String, ColumnShape> columns = columns(table.name());
                table.definition().columns().stream()
                        .skip(inForce.definition().columns().size())
                        .filter(column -> columns.containsKey(key(column)))
                        .forEach(column ->
                                steps.add(new Step(table.name(), table.sql().dropColumn(column))));
            } else if (holdsRows(table.name())) {
                LOG.error(
                        "{}: table {} holds rows, but no definition in force has it: it stays",
                        schemaName,
                        table.name());
            } else {
                steps.add(new Step(table.name(), dropTable(table.name())));
            }
        }
        return steps;
    }

    /** @throws TablesRefusedException when the database cannot carry out a step, and no other of its kind could */
    void make(List<Step> steps) throws SQLException {
        for (Step step : steps) {
            try {
                execute(step.statement());
            } catch (SQLException e) {
                String refusal = SqlErrors.refusal(e, step.table());
                throw refusal == null ? e : new TablesRefusedException(refusal, e);
            }
        }
    }

    void takeBack(List<Step> steps) throws SQLException {
        for (Step step : steps) {
            execute(step.statement());
        }
    }

    private void execute(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private String dropTable(String table) {
        return "DROP TABLE IF EXISTS " + sql.table(table);
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

    private boolean holdsRows(String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery("SELECT 1 FROM " + sql.table(table) + " LIMIT 1")) {
            return results.next();
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

    /** By their names in small letters. */
    private Map<String, ColumnShape> columns(String table) throws SQLException {
        Map<String, ColumnShape> columns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SqlText.COLUMNS)) {
            statement.setString(1, schemaName);
            statement.setString(2, table);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    columns.put(
                            results.getString(1).toLowerCase(Locale.ROOT),
                            ColumnShape.ofCatalogue(results.getString(2), results.getString(3), results.getString(4)));
                }
            }
        }
        return columns;
    }

    private List<String> keyColumns(String table) throws SQLException {
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

    private static String key(ColumnDefinition column) {
        return column.name().toLowerCase(Locale.ROOT);
    }
}
