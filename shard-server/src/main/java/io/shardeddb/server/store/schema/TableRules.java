package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.Identifiers;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What rules 1 of definitions allow: additions, wider columns, NULL, indexes; that what the definition names goes; and
 * that what it names is narrower again. Rules 2 allow besides that what a change made goes that is taken back, see
 * {@link TakenBack}, and rules 3 indexes of paths. Judged by the definition and the tables before it alone.
 */
final class TableRules {

    /** Names of what goes or becomes narrower, each at most. A definition with more is refused. */
    static final int MAX_NAMES = 1_024;

    /** The first rules that know what is taken back. */
    private static final int TAKES_BACK = 2;

    /** The first rules that know indexes of paths. */
    static final int PATH_INDEXES = 3;

    private TableRules() {}

    /**
     * What a definition's rules know of it. Rules 0 know neither indexes nor anything that goes, rules 1 know nothing
     * of what is taken back, and rules below 3 know no indexes of paths. Others are as they are.
     */
    static SchemaDefinition understood(SchemaDefinition definition) {
        if (!asksBeyondItsRules(definition)) {
            return definition;
        }
        int rules = definition.getRules();
        SchemaDefinition.Builder known = definition.toBuilder();
        if (Integer.compareUnsigned(rules, TAKES_BACK) < 0) {
            known.clearTakesBack();
        }
        if (rules == 0) {
            known.clearDrops().clearReverts();
        }
        for (int i = 0; i < known.getTablesCount(); i++) {
            TableDescription.Builder table = known.getTables(i).toBuilder();
            List<IndexDescription> kept = table.getIndexesList().stream()
                    .filter(index -> rules != 0 && index.getPath().isEmpty())
                    .toList();
            known.setTables(i, table.clearIndexes().addAllIndexes(kept));
        }
        return known.build();
    }

    /** Whether a definition's rules would leave something of it out. */
    static boolean asksBeyondItsRules(SchemaDefinition definition) {
        int rules = definition.getRules();
        if (definition.getTakesBackCount() > 0 && Integer.compareUnsigned(rules, TAKES_BACK) < 0) {
            return true;
        }
        if (hasPathIndexes(definition) && Integer.compareUnsigned(rules, PATH_INDEXES) < 0) {
            return true;
        }
        return rules == 0
                && (definition.getDropsCount() > 0
                        || definition.getRevertsCount() > 0
                        || definition.getTablesList().stream().anyMatch(table -> table.getIndexesCount() > 0));
    }

    /** Whether a table has an index of a path. */
    static boolean hasPathIndexes(SchemaDefinition definition) {
        return definition.getTablesList().stream()
                .flatMap(table -> table.getIndexesList().stream())
                .anyMatch(index -> !index.getPath().isEmpty());
    }

    /**
     * Why rules 1 and above refuse the change; absent when it may be made.
     *
     * @param after the tables of the definition
     */
    static @Nullable DatabaseException refusal(
            @Nullable DatabaseSchema before, DatabaseSchema after, SchemaDefinition definition) {
        DatabaseException bad = badNames(definition);
        if (bad != null || before == null) {
            return bad;
        }
        Set<String> goes = Going.of(definition).all();
        DatabaseSchema remaining = remaining(before, after, goes, Set.copyOf(definition.getRevertsList()));
        for (TableChange change : TableChange.between(remaining, after)) {
            DatabaseException refusal = switch (change) {
                case TableChange.Refused refused -> refused(refused.text(), refused.table());
                case TableChange.DropTable drop ->
                    refused(
                            "table " + drop.table() + " cannot be dropped: the definition does not name it",
                            drop.table());
                case TableChange.DropColumn drop ->
                    refused(
                            "column " + drop.table() + "." + drop.column()
                                    + " cannot be dropped: the definition does not name it",
                            drop.table());
                default -> null;
            };
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static @Nullable DatabaseException badNames(SchemaDefinition definition) {
        int most = Math.max(
                Math.max(definition.getDropsCount(), definition.getRevertsCount()), definition.getTakesBackCount());
        if (most > MAX_NAMES) {
            return refused(
                    "a definition names at most " + MAX_NAMES + " things that go or become narrower, not " + most, "");
        }
        for (String name : Going.of(definition).all()) {
            int point = name.indexOf('.');
            if (point < 0 ? !Identifiers.valid(name) : !isColumn(name)) {
                return refused("'" + name + "' names nothing that can be dropped: TABLE or TABLE.COLUMN", "");
            }
        }
        for (String name : definition.getRevertsList()) {
            if (!isColumn(name)) {
                return refused("'" + name + "' names nothing that can become narrower: TABLE.COLUMN", "");
            }
        }
        return null;
    }

    private static boolean isColumn(String name) {
        int point = name.indexOf('.');
        return point > 0 && Identifiers.valid(name.substring(0, point)) && Identifiers.valid(name.substring(point + 1));
    }

    /**
     * The tables before, without what may go, and with what may become narrower as it will be. So the same is allowed
     * on a shard that had taken a change which is left now, and on one that had not.
     */
    private static DatabaseSchema remaining(
            DatabaseSchema before, DatabaseSchema after, Set<String> drops, Set<String> reverts) {
        List<TableDefinition> tables = new ArrayList<>();
        for (TableDefinition table : before.tables()) {
            if (!drops.contains(table.name())) {
                tables.add(remaining(table, after.find(table.name()), drops, reverts));
            }
        }
        return new DatabaseSchema(before.version(), before.strategy(), tables);
    }

    private static TableDefinition remaining(
            TableDefinition table, @Nullable TableDefinition wanted, Set<String> drops, Set<String> reverts) {
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnDefinition column : table.columns()) {
            String name = table.name() + "." + column.name();
            ColumnDefinition target = wanted == null ? null : wanted.column(column.name());
            if (table.primaryKey().contains(column.name())) {
                columns.add(column);
            } else if (!drops.contains(name)) {
                columns.add(
                        target == null || !reverts.contains(name)
                                ? column
                                : new ColumnDefinition(
                                        column.name(),
                                        TableChange.isWider(target.type(), column.type())
                                                ? target.type()
                                                : column.type(),
                                        column.nullable() && target.nullable()));
            }
        }
        List<String> names = columns.stream().map(ColumnDefinition::name).toList();
        List<IndexDefinition> indexes = table.indexes().stream()
                .filter(index -> names.containsAll(index.columns()))
                .toList();
        return new TableDefinition(table.name(), columns, table.primaryKey(), table.shardKey(), indexes);
    }

    /** Whether two definitions of the same version ask for the same tables, indexes included. */
    static boolean sameIndexes(DatabaseSchema one, DatabaseSchema other) {
        return one.tables().stream().allMatch(table -> {
            TableDefinition same = other.find(table.name());
            return same != null && same.indexes().equals(table.indexes());
        });
    }

    static DatabaseException refused(String message, String table) {
        return new DatabaseException(
                ErrorCode.INVALID_SCHEMA, message, table.isEmpty() ? Map.of() : Map.of("table", table));
    }
}
