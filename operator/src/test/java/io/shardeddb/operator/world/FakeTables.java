package io.shardeddb.operator.world;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What fake servers take of tables, by the rules of docs/tables.md; notes what must never be brought to them. */
public final class FakeTables {

    private final Map<Uid, String> refusals = new HashMap<>();
    private final Map<Long, SchemaDefinition> brought = new HashMap<>();
    private final Set<String> older = new HashSet<>();
    private final Set<String> held = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private String refusal = "";
    private String trialRefusal = "";
    private boolean silent;
    private int trials;

    /** From now on a shard refuses every new version of the tables with these words; "" for none. */
    public synchronized void refuse(Uid group, String words) {
        refusals.put(group, words);
    }

    /** From now on a table, or a column as {@code table.column}, holds something on every shard that has it. */
    public synchronized void hold(String name) {
        held.add(name);
    }

    /** What a shard would lose that takes something back. */
    private @Nullable String loss(SchemaDefinition present, SchemaDefinition definition) {
        return definition.getTakesBackList().stream()
                .filter(held::contains)
                .filter(name -> has(present, name) && !has(definition, name))
                .map(name -> name + " holds something")
                .findFirst()
                .orElse(null);
    }

    private static boolean has(SchemaDefinition tables, String name) {
        return tables.getTablesList().stream()
                .anyMatch(table -> table.getName().equals(name)
                        || table.getColumnsList().stream()
                                .anyMatch(column -> name.equals(table.getName() + "." + column.getName())));
    }

    /** From now on every shard does. */
    synchronized void refuseAll(String words) {
        refusal = words;
    }

    /** From now on no database can make the tables that are tried, with these words; "" for none. */
    public synchronized void refuseTrials(String words) {
        trialRefusal = words;
    }

    /** From now on nobody finds out whether tables can be made; or everybody does again. */
    public synchronized void silence(boolean is) {
        silent = is;
    }

    /** How often servers were asked to try tables. */
    public synchronized int trials() {
        return trials;
    }

    /** A server is of an older release, which knows additions of tables and columns alone; or of this one. */
    public synchronized void older(String server, boolean is) {
        if (is) {
            older.add(server);
        } else {
            older.remove(server);
        }
    }

    synchronized int rules(String server) {
        return older.contains(server) ? 0 : 2;
    }

    synchronized TryTablesReply attempt() {
        trials++;
        TryTablesReply.Builder reply = TryTablesReply.newBuilder().setEngine("FakeDB 1.0");
        if (silent) {
            return TryTablesReply.newBuilder()
                    .setError(ErrorDetail.newBuilder()
                            .setCode("STORE_UNAVAILABLE")
                            .setMessage("nobody knows"))
                    .build();
        }
        return trialRefusal.isEmpty()
                ? reply.build()
                : reply.setError(ErrorDetail.newBuilder()
                                .setCode("INVALID_SCHEMA")
                                .setMessage(trialRefusal))
                        .build();
    }

    /** A version of the tables has one content for ever, and no server gets what it would understand otherwise. */
    synchronized void note(SchemaDefinition definition, List<String> servers) {
        SchemaDefinition known = brought.putIfAbsent(definition.getVersion(), definition);
        if (known != null && !known.equals(definition)) {
            violations.add("version " + definition.getVersion() + " of the tables has two contents");
        }
        servers.stream()
                .filter(server -> definition.getRules() > rules(server))
                .forEach(server ->
                        violations.add("a definition was brought to " + server + ", which does not understand it"));
    }

    /** The definition that was brought under a version. */
    public synchronized SchemaDefinition brought(long version) {
        return Objects.requireNonNull(brought.get(version));
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Why a shard with these tables refuses a definition; absent: it takes it. */
    synchronized @Nullable String obstacle(Uid group, SchemaDefinition present, SchemaDefinition definition) {
        String words = refusal.isEmpty() ? refusals.getOrDefault(group, "") : refusal;
        String obstacle = words.isEmpty() ? ofRules(present, definition) : words;
        return obstacle == null ? loss(present, definition) : obstacle;
    }

    private static @Nullable String ofRules(SchemaDefinition present, SchemaDefinition definition) {
        DatabaseSchema wanted;
        try {
            wanted = DatabaseSchema.ofWire(definition);
        } catch (DatabaseException e) {
            return e.text();
        }
        DatabaseSchema before = present.getTablesCount() == 0
                ? new DatabaseSchema(0, Strategy.ofWire(definition.getStrategy()), List.of())
                : DatabaseSchema.ofWire(present);
        boolean additionsAlone = definition.getRules() == 0;
        for (TableChange change :
                TableChange.between(additionsAlone ? before : cleared(before, wanted, definition), wanted)) {
            boolean addition = change instanceof TableChange.AddTable || change instanceof TableChange.AddColumn;
            boolean named = change instanceof TableChange.DropTable drop
                    ? goes(definition, drop.table())
                    : !(change instanceof TableChange.DropColumn column)
                            || goes(definition, column.table() + "." + column.column());
            if (change instanceof TableChange.Refused || !named || (additionsAlone && !addition)) {
                return change.text();
            }
        }
        return null;
    }

    private static boolean goes(SchemaDefinition definition, String name) {
        return definition.getDropsList().contains(name)
                || definition.getTakesBackList().contains(name);
    }

    /** Without what the definition drops by name, as what it has of that comes anew; and with what it reverts. */
    private static DatabaseSchema cleared(DatabaseSchema before, DatabaseSchema wanted, SchemaDefinition definition) {
        List<TableDefinition> tables = new ArrayList<>();
        for (TableDefinition table : before.tables()) {
            TableDefinition other = wanted.find(table.name());
            if (goes(definition, table.name())) {
                continue;
            }
            List<ColumnDefinition> columns = new ArrayList<>();
            for (ColumnDefinition column : table.columns()) {
                String name = table.name() + "." + column.name();
                ColumnDefinition as = other == null ? null : other.column(column.name());
                if (!goes(definition, name)) {
                    columns.add(definition.getRevertsList().contains(name) && as != null ? as : column);
                }
            }
            tables.add(new TableDefinition(table.name(), columns, table.primaryKey(), table.shardKey()));
        }
        return new DatabaseSchema(before.version(), before.strategy(), tables);
    }
}
