package io.shardeddb.operator.desired;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a definition has to name so that every shard comes to its tables, whichever of the tables before it has. Pure.
 *
 * @param drops what goes by permission from the tables in force, with its values
 * @param takesBack what goes of changes that never came into force, as far as is known here: only where it holds
 *     nothing
 * @param reverts columns that such changes made wider, or nullable
 */
record LeftSteps(List<String> drops, List<String> takesBack, List<String> reverts) {

    /**
     * @param present the tables in force
     * @param wanted the tables that every shard is to have
     * @param open changes of those in force that shards may have made
     */
    static LeftSteps of(DatabaseSchema present, DatabaseSchema wanted, List<DatabaseSchema> open) {
        Set<String> drops = new TreeSet<>();
        Set<String> takesBack = new TreeSet<>();
        Set<String> reverts = new TreeSet<>();
        for (TableChange change : TableChange.between(present, wanted)) {
            if (change instanceof TableChange.DropTable || change instanceof TableChange.DropColumn) {
                drops.add(name(change));
            }
        }
        for (DatabaseSchema made : open) {
            for (TableChange change : TableChange.between(present, made)) {
                if (isKept(change, made, wanted)) {
                    continue;
                }
                switch (change) {
                    case TableChange.AddTable add -> takesBack.add(add.table());
                    case TableChange.Widen _, TableChange.AllowNull _ -> reverts.add(name(change));
                    // An index tells nothing of its own, and what was dropped is not there any more.
                    case TableChange.AddColumn _,
                            TableChange.AddIndex _,
                            TableChange.DropIndex _,
                            TableChange.DropTable _,
                            TableChange.DropColumn _,
                            TableChange.Refused _ -> {}
                }
            }
        }
        for (TableDefinition table : present.tables()) {
            takesBack.addAll(newColumns(table, wanted.find(table.name()), open));
        }
        takesBack.removeAll(drops);
        Set<String> goes = new TreeSet<>(drops);
        goes.addAll(takesBack);
        reverts.removeIf(name -> goes.contains(name) || goes.contains(name.substring(0, name.indexOf('.'))));
        return new LeftSteps(List.copyOf(drops), List.copyOf(takesBack), List.copyOf(reverts));
    }

    /** The table or column that a change is about. */
    private static String name(TableChange change) {
        return switch (change) {
            case TableChange.AddColumn add -> add.table() + "." + add.column().name();
            case TableChange.DropColumn drop -> drop.table() + "." + drop.column();
            case TableChange.Widen widen -> widen.table() + "." + widen.column();
            case TableChange.AllowNull allow -> allow.table() + "." + allow.column();
            default -> change.table();
        };
    }

    private static boolean isKept(TableChange change, DatabaseSchema made, DatabaseSchema wanted) {
        TableDefinition table = made.find(change.table());
        TableDefinition other = wanted.find(change.table());
        return switch (change) {
            case TableChange.AddTable _ -> table != null && other != null && grows(table, other);
            case TableChange.Widen widen -> isSame(table, other, widen.column());
            case TableChange.AllowNull allow -> isSame(table, other, allow.column());
            default -> true;
        };
    }

    /**
     * The columns that open changes gave to a table in force and that go: all of them, or none. What is left and what
     * is wanted come after the others, in an order that is the same on every shard. They hold nothing.
     */
    private static Set<String> newColumns(
            TableDefinition table, @Nullable TableDefinition wanted, List<DatabaseSchema> open) {
        Set<String> names = new TreeSet<>();
        boolean kept = true;
        List<ColumnDefinition> target = wanted == null ? List.of() : added(table, wanted);
        for (DatabaseSchema made : open) {
            TableDefinition other = made.find(table.name());
            List<ColumnDefinition> added = other == null ? List.of() : added(table, other);
            added.forEach(column -> names.add(table.name() + "." + column.name()));
            kept &= added.size() <= target.size() && added.equals(target.subList(0, added.size()));
        }
        return kept || wanted == null ? Set.of() : names;
    }

    private static List<ColumnDefinition> added(TableDefinition table, TableDefinition other) {
        return other.columns().stream()
                .filter(column -> table.column(column.name()) == null)
                .toList();
    }

    /** Whether a table becomes another one without anything being taken out of it. */
    private static boolean grows(TableDefinition table, TableDefinition other) {
        return TableChange.between(schema(table), schema(other)).stream()
                .noneMatch(change -> change instanceof TableChange.Refused || change.removes());
    }

    /** A hash places rows by any column, so that it fits every table. */
    private static DatabaseSchema schema(TableDefinition table) {
        return new DatabaseSchema(0, Strategy.HASH, List.of(table));
    }

    private static boolean isSame(@Nullable TableDefinition table, @Nullable TableDefinition other, String column) {
        return Objects.equals(column(table, column), column(other, column));
    }

    private static @Nullable ColumnDefinition column(@Nullable TableDefinition table, String column) {
        return table == null ? null : table.column(column);
    }

    /**
     * Whether tables keep everything that an open change makes and leave out what it drops, so that they are its
     * successor and no take-back.
     */
    static boolean follows(DatabaseSchema present, DatabaseSchema made, DatabaseSchema wanted) {
        return broughtBack(present, made, wanted).isEmpty()
                && TableChange.between(made, wanted).stream().allMatch(change -> switch (change) {
                    case TableChange.DropTable drop -> present.find(drop.table()) != null;
                    case TableChange.DropColumn drop -> column(present.find(drop.table()), drop.column()) != null;
                    case TableChange.DropIndex drop -> index(present.find(drop.table()), drop.index()) != null;
                    case TableChange.AddIndex add ->
                        !add.index()
                                .equals(index(
                                        present.find(add.table()), add.index().name()));
                    case TableChange.Refused _ -> false;
                    default -> true;
                });
    }

    private static @Nullable IndexDefinition index(@Nullable TableDefinition table, String index) {
        return table == null ? null : table.index(index);
    }

    /** Tables and columns that an open change drops and that are wanted all the same. */
    static List<String> broughtBack(DatabaseSchema present, DatabaseSchema made, DatabaseSchema wanted) {
        List<String> names = new ArrayList<>();
        for (TableChange change : TableChange.between(present, made)) {
            boolean back = change instanceof TableChange.DropTable drop
                    ? wanted.find(drop.table()) != null
                    : change instanceof TableChange.DropColumn column
                            && column(wanted.find(column.table()), column.column()) != null;
            if (back) {
                names.add(name(change));
            }
        }
        return names;
    }

    private boolean goes(String name) {
        return drops.contains(name) || takesBack.contains(name);
    }

    /** Why a shard that has some tables cannot come to those wanted by these drops and reverts; empty when it can. */
    List<String> obstacles(DatabaseSchema made, DatabaseSchema wanted) {
        List<TableDefinition> tables = new ArrayList<>();
        for (TableDefinition table : made.tables()) {
            TableDefinition other = wanted.find(table.name());
            if (!goes(table.name())) {
                tables.add(other == null ? table : prepared(table, other));
            }
        }
        return TableChange.between(new DatabaseSchema(made.version(), made.strategy(), tables), wanted).stream()
                .filter(change -> change instanceof TableChange.Refused
                        || ((change instanceof TableChange.DropTable || change instanceof TableChange.DropColumn)
                                && !goes(name(change))))
                .map(TableChange::text)
                .toList();
    }

    /** The table without what goes, and with the columns as they become again. */
    private TableDefinition prepared(TableDefinition table, TableDefinition wanted) {
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnDefinition column : table.columns()) {
            String name = table.name() + "." + column.name();
            ColumnDefinition other = wanted.column(column.name());
            if (!goes(name)) {
                columns.add(reverts.contains(name) && other != null ? other : column);
            }
        }
        return new TableDefinition(table.name(), columns, table.primaryKey(), table.shardKey());
    }
}
