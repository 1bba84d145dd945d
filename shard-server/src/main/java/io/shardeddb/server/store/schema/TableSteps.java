package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.sql.DamagedTablesException;
import io.shardeddb.server.store.sql.TableSql;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done to tables that are there, by what the catalogue tells of them. The statements are in groups, which
 * are carried out one after the other for all tables. First columns are made and changed, then what the definition
 * names is made again, then indexes are made, then things are dropped.
 */
final class TableSteps {

    private static final Logger LOG = LoggerFactory.getLogger(TableSteps.class);

    private final TableCatalogue catalogue;
    private final String schemaName;
    private final List<SchemaInstaller.Step> additions = new ArrayList<>();
    private final List<SchemaInstaller.Step> replacements = new ArrayList<>();
    private final List<SchemaInstaller.Step> indexes = new ArrayList<>();
    private final List<SchemaInstaller.Step> removals = new ArrayList<>();

    TableSteps(TableCatalogue catalogue, String schemaName) {
        this.catalogue = catalogue;
        this.schemaName = schemaName;
    }

    void add(String table, String statement) {
        additions.add(new SchemaInstaller.Step(table, statement, false));
    }

    void replace(String table, String statement) {
        replacements.add(new SchemaInstaller.Step(table, statement, false));
    }

    void remove(String table, String statement) {
        removals.add(new SchemaInstaller.Step(table, statement, false));
    }

    /** All of them, in the order in which they are to be carried out: nothing goes before everything else is made. */
    List<SchemaInstaller.Step> inOrder() {
        List<SchemaInstaller.Step> steps = new ArrayList<>(additions);
        steps.addAll(replacements);
        steps.addAll(indexes);
        steps.addAll(removals);
        return steps;
    }

    /**
     * Brings a table that is in force to its next form.
     *
     * @param drops what the definition names, "table.column" among it
     * @throws SQLException also when a column in force is missing
     */
    void change(StoredTable inForce, StoredTable next, Set<String> drops) throws SQLException {
        String table = next.name();
        Map<String, ColumnShape> there = catalogue.columns(table);
        List<ColumnDefinition> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> remade = new ArrayList<>();
        List<ColumnDefinition> remadeColumns = new ArrayList<>();
        for (ColumnDefinition column : next.definition().columns()) {
            ColumnShape shape = there.get(key(column.name()));
            ColumnDefinition old = inForce.definition().column(column.name());
            boolean named = drops.contains(table + "." + column.name());
            if (old != null && !named) {
                requireInForce(table, column, old, shape);
                if (!ColumnShape.of(column).equals(shape) && !old.equals(column)) {
                    changed.add(TableSql.changing(column));
                }
            } else if (shape == null) {
                added.add(column);
            } else if (!shape.equals(ColumnShape.of(column))) {
                LOG.warn(
                        "{}: column {} of table {} is there as {}, made by a definition that did not come into force: it"
                                + " is made anew",
                        schemaName,
                        column.name(),
                        table,
                        shape);
                remade.add(TableSql.dropping(column.name()));
                remadeColumns.add(column);
            }
        }
        List<String> gone = new ArrayList<>();
        for (String name : there.keySet()) {
            if (goes(name, inForce.definition(), next.definition(), drops)) {
                gone.add(TableSql.dropping(name));
            }
        }
        add(additions, next, added);
        alter(additions, next, changed, true);
        indexes(next, remadeColumns, remade, gone);
        alter(replacements, next, remade, false);
        add(replacements, next, remadeColumns);
        alter(removals, next, gone, false);
    }

    /** Whether a column that is there is to go: the definition does not have it, and it is in force or named. */
    private static boolean goes(String column, TableDefinition inForce, TableDefinition next, Set<String> drops) {
        if (find(next, column) != null) {
            return false;
        }
        return find(inForce, column) != null
                || drops.stream().anyMatch(name -> name.equalsIgnoreCase(next.name() + "." + column));
    }

    /**
     * Compares the indexes. One that is of a column which is made again would go with it.
     *
     * @param remade takes what must stand before the columns that are made again
     * @param gone takes what must stand before the columns that go
     */
    private void indexes(StoredTable next, List<ColumnDefinition> remadeColumns, List<String> remade, List<String> gone)
            throws SQLException {
        Set<String> going = new HashSet<>();
        remadeColumns.forEach(column -> going.add(column.name()));
        Map<String, IndexDefinition> there = new HashMap<>();
        catalogue.indexes(next.name()).forEach((name, index) -> there.put(key(name), index));
        List<String> made = new ArrayList<>();
        for (IndexDefinition index : next.definition().indexes()) {
            IndexDefinition known = there.get(key(index.name()));
            boolean lost = known != null && known.columns().stream().anyMatch(going::contains);
            if (known != null && isSame(index, known) && !lost) {
                there.remove(key(index.name()));
                continue;
            }
            if (known != null && !lost) {
                there.remove(key(index.name()));
                made.addAll(TableSql.dropping(known));
            }
            made.addAll(TableSql.adding(index));
        }
        there.values()
                .forEach(known -> (known.columns().stream().anyMatch(going::contains) ? remade : gone)
                        .addAll(0, TableSql.dropping(known)));
        alter(indexes, next, made, true);
    }

    /** Whether they are of the same columns, or of the same path; names of the catalogue differ in case at most. */
    static boolean isSame(IndexDefinition one, IndexDefinition other) {
        return one.columns().equals(other.columns()) && Objects.equals(one.path(), other.path());
    }

    /**
     * Brings a table back to its form in force, from wherever an attempt to change it was left.
     *
     * @param refused the form that the database did not take
     * @throws SQLException also when a column in force is gone: its values are, too
     */
    void restore(StoredTable inForce, StoredTable refused, Set<String> drops) throws SQLException {
        String table = inForce.name();
        Map<String, ColumnShape> there = catalogue.columns(table);
        List<String> clauses = new ArrayList<>();
        List<ColumnDefinition> remade = new ArrayList<>();
        for (ColumnDefinition column : inForce.definition().columns()) {
            ColumnShape shape = there.get(key(column.name()));
            ColumnDefinition wanted = refused.definition().column(column.name());
            if (shape == null) {
                throw new DamagedTablesException("column " + column.name() + " of table " + table
                        + " is missing, but a definition in force has it");
            }
            if (shape.equals(ColumnShape.of(column)) || wanted == null || !shape.equals(ColumnShape.of(wanted))) {
                continue;
            }
            if (drops.contains(table + "." + column.name())) {
                // It was made again, and held nothing before either.
                clauses.add(TableSql.dropping(column.name()));
                remade.add(column);
            } else {
                clauses.add(TableSql.changing(column));
            }
        }
        for (ColumnDefinition column : refused.definition().columns()) {
            if (find(inForce.definition(), column.name()) == null && there.containsKey(key(column.name()))) {
                clauses.add(TableSql.dropping(column.name()));
            }
        }
        List<String> before = new ArrayList<>();
        indexes(inForce, remade, before, before);
        before.addAll(clauses);
        alter(replacements, inForce, before, true);
        add(replacements, inForce, remade);
    }

    /**
     * One statement for each: the engines weigh a row's length by what one statement adds, and not all of them when it
     * adds much.
     */
    private static void add(List<SchemaInstaller.Step> steps, StoredTable table, List<ColumnDefinition> columns) {
        columns.forEach(column ->
                steps.add(new SchemaInstaller.Step(table.name(), table.sql().addColumn(column), false)));
    }

    private static void alter(
            List<SchemaInstaller.Step> steps, StoredTable table, List<String> clauses, boolean readsRows) {
        if (!clauses.isEmpty()) {
            steps.add(new SchemaInstaller.Step(table.name(), table.sql().alter(clauses), readsRows));
        }
    }

    private void requireInForce(
            String table, ColumnDefinition column, ColumnDefinition old, @Nullable ColumnShape there)
            throws SQLException {
        if (there == null) {
            throw new DamagedTablesException(
                    "column " + column.name() + " of table " + table + " is missing, but a definition in force has it");
        }
        if (!ColumnShape.of(column).equals(there) && !ColumnShape.of(old).equals(there)) {
            // Not refused: that would be the outcome of this replica alone.
            LOG.error(
                    "{}: column {} of table {} is {}, the definition in force has {}: somebody changed the tables",
                    schemaName,
                    column.name(),
                    table,
                    there,
                    ColumnShape.of(old));
        }
    }

    static SQLException damaged(String what) {
        return new SQLException(what + ": somebody changed this copy's tables", "HY000");
    }

    private static @Nullable ColumnDefinition find(TableDefinition table, String column) {
        return table.columns().stream()
                .filter(candidate -> candidate.name().equalsIgnoreCase(column))
                .findFirst()
                .orElse(null);
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
