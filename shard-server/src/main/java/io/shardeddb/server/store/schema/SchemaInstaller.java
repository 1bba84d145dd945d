package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.server.store.TablesRefusedException;
import io.shardeddb.server.store.sql.DamagedTablesException;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a schema's tables equal a definition. What is there is looked at first, so that a step that was cut off (the
 * databases commit each definition statement by itself) is simply done again.
 *
 * <p>What is there beyond the definition in force is a leftover and holds nothing that anybody was told of: it is kept
 * when it is what is wanted, and made again when it is not. So what happens to a definition depends on the log alone.
 */
public final class SchemaInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaInstaller.class);

    private final Connection connection;
    private final String schemaName;
    private final SqlText sql;
    private final TableCatalogue catalogue;

    /**
     * One statement.
     *
     * @param table that it is about
     * @param readsRows whether it may go through all rows of the table
     */
    public record Step(String table, String statement, boolean readsRows) {}

    public SchemaInstaller(Connection connection, String schemaName, SqlText sql) {
        this.connection = connection;
        this.schemaName = schemaName;
        this.sql = sql;
        this.catalogue = new TableCatalogue(connection, schemaName, sql);
    }

    /** Makes the replica's schema and its bookkeeping, where missing. */
    public void installBookkeeping() throws SQLException {
        execute(sql.createSchema());
        execute(sql.createApplied());
        execute(sql.createRequests());
        execute(sql.createCopy());
        execute(sql.createTransactions());
    }

    /** Whether the replica's schema is there. */
    public boolean exists() throws SQLException {
        return catalogue.tables().containsKey("_shardeddb_transactions");
    }

    /** As {@link #missing(StoredSchema, StoredSchema, Going)}, where nothing that is in force goes. */
    public List<Step> missing(@Nullable StoredSchema present, StoredSchema next) throws SQLException {
        return missing(present, next, Going.NOTHING);
    }

    /**
     * What is still needed to make the tables those of a definition, in order: what goes, goes last.
     *
     * @param present what is in force; absent: nothing is
     * @param going what may go, or be made again
     * @throws SQLException also when something of what is in force is missing, or a leftover holds rows: then this
     *     copy's tables are not what its log made
     */
    public List<Step> missing(@Nullable StoredSchema present, StoredSchema next, Going going) throws SQLException {
        Set<String> drops = going.all();
        TableSteps steps = new TableSteps(catalogue, schemaName);
        Map<String, String> there = catalogue.tables();
        for (StoredTable table : next.tables()) {
            StoredTable inForce = present == null ? null : present.find(table.name());
            boolean named = drops.contains(table.name());
            if (!there.containsKey(table.name())) {
                requireDroppable(inForce, named);
                steps.add(table.name(), table.sql().createTable());
            } else if (inForce == null) {
                replaceLeftover(table, going.drops().contains(table.name()), steps);
            } else if (named && !inForce.definition().equals(table.definition())) {
                if (!isMade(table)) {
                    steps.replace(table.name(), dropTable(table.name()));
                    steps.replace(table.name(), table.sql().createTable());
                }
            } else {
                steps.change(inForce, table, drops);
            }
        }
        for (String name : drops) {
            if (there.containsKey(name) && next.find(name) == null) {
                if (!going.drops().contains(name)) {
                    requireEmpty(name);
                }
                steps.remove(name, dropTable(name));
            }
        }
        return steps.inOrder();
    }

    private static void requireDroppable(@Nullable StoredTable inForce, boolean named) throws SQLException {
        if (inForce != null && !named) {
            throw new DamagedTablesException(
                    "table " + inForce.name() + " is missing, but a definition in force has it");
        }
    }

    /** What is taken back and holds rows was refused, if it was in force. So nobody knows whose rows these are. */
    private void requireEmpty(String table) throws SQLException {
        if (catalogue.holdsRows(table)) {
            throw TableSteps.damaged("table " + table + " holds rows, but no definition in force has it");
        }
    }

    private void replaceLeftover(StoredTable table, boolean dropped, TableSteps steps) throws SQLException {
        boolean holdsRows = catalogue.holdsRows(table.name());
        if (!dropped) {
            requireEmpty(table.name());
        }
        if (holdsRows || !isMade(table)) {
            LOG.warn(
                    "{}: table {} is there with the columns {}, left by a definition that did not come into force: it is"
                            + " made anew",
                    schemaName,
                    table.name(),
                    catalogue.columns(table.name()));
            steps.add(table.name(), dropTable(table.name()));
            steps.add(table.name(), table.sql().createTable());
        }
    }

    /** Whether the table is there just as it is defined. */
    private boolean isMade(StoredTable table) throws SQLException {
        Map<String, ColumnShape> columns = catalogue.columns(table.name());
        List<ColumnDefinition> wanted = table.definition().columns();
        Map<String, IndexDefinition> indexes = catalogue.indexes(table.name());
        return columns.size() == wanted.size() + 1
                && wanted.stream()
                        .allMatch(column -> ColumnShape.of(column)
                                .equals(columns.get(column.name().toLowerCase(Locale.ROOT))))
                && catalogue.keyColumns(table.name()).equals(table.definition().primaryKey())
                && indexes.size() == table.definition().indexes().size()
                && table.definition().indexes().stream().allMatch(index -> {
                    IndexDefinition known = indexes.get(index.name());
                    return known != null && TableSteps.isSame(index, known);
                });
    }

    /**
     * What takes back what a definition has made, and leaves what is in force.
     *
     * @param present what is in force; absent: nothing is
     * @param drops what the definition names
     * @throws SQLException also when something in force is gone with what it held
     */
    List<Step> extra(@Nullable StoredSchema present, StoredSchema refused, Set<String> drops) throws SQLException {
        TableSteps steps = new TableSteps(catalogue, schemaName);
        Map<String, String> there = catalogue.tables();
        for (StoredTable table : refused.tables()) {
            StoredTable inForce = present == null ? null : present.find(table.name());
            if (inForce != null) {
                restore(inForce, table, there.containsKey(table.name()), drops, steps);
            } else if (there.containsKey(table.name())) {
                removeLeftover(table.name(), steps);
            }
        }
        for (StoredTable inForce : present == null ? List.<StoredTable>of() : present.tables()) {
            if (refused.find(inForce.name()) == null && !there.containsKey(inForce.name())) {
                requireDroppable(inForce, false);
            }
        }
        return steps.inOrder();
    }

    private void restore(StoredTable inForce, StoredTable refused, boolean exists, Set<String> drops, TableSteps steps)
            throws SQLException {
        boolean named = drops.contains(inForce.name());
        if (!exists) {
            requireDroppable(inForce, named);
            steps.add(inForce.name(), inForce.sql().createTable());
        } else if (!named || inForce.definition().equals(refused.definition())) {
            steps.restore(inForce, refused, drops);
        } else if (isMade(refused) && !isMade(inForce)) {
            if (catalogue.holdsRows(refused.name())) {
                throw TableSteps.damaged("table " + refused.name() + " holds rows in a form that is not in force");
            }
            steps.add(refused.name(), dropTable(refused.name()));
            steps.add(inForce.name(), inForce.sql().createTable());
        }
    }

    private void removeLeftover(String table, TableSteps steps) throws SQLException {
        if (catalogue.holdsRows(table)) {
            LOG.error("{}: table {} holds rows, but no definition in force has it: it stays", schemaName, table);
        } else {
            steps.remove(table, dropTable(table));
        }
    }

    /**
     * Carries out steps in order.
     *
     * @throws TablesRefusedException when the database cannot carry out a step, and no other of its kind could
     */
    public void make(List<Step> steps) throws SQLException {
        for (Step step : steps) {
            try {
                carryOut(step);
            } catch (SQLException e) {
                String refusal = SqlErrors.refusal(e, step.table());
                throw refusal == null ? e : new TablesRefusedException(refusal, e);
            }
        }
    }

    void takeBack(List<Step> steps) throws SQLException {
        for (Step step : steps) {
            carryOut(step);
        }
    }

    /**
     * What has read or written a whole table should not be lost at its end, where it waits for readers that are slow.
     */
    private void carryOut(Step step) throws SQLException {
        if (!step.readsRows()) {
            execute(step.statement());
            return;
        }
        execute(SqlText.WAIT_LONG);
        try {
            execute(step.statement());
        } finally {
            waitShortly();
        }
    }

    private void waitShortly() {
        try {
            execute(SqlText.WAIT_SHORTLY);
        } catch (SQLException e) {
            LOG.debug("the connection is lost, and its settings with it", e);
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
    public @Nullable String foreignEngine() throws SQLException {
        for (Map.Entry<String, String> table : catalogue.tables().entrySet()) {
            if (!table.getValue().equalsIgnoreCase("InnoDB")) {
                return table.getKey() + " (" + table.getValue() + ")";
            }
        }
        return null;
    }
}
