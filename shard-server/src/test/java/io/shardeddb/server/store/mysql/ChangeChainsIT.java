package io.shardeddb.server.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.schema.Going;
import io.shardeddb.server.store.schema.SchemaInstaller;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random chains of definitions, some of them left again, some cut off half-way: after each, the tables are those that a
 * new store makes of the same definition, and no row is lost whose table was not named.
 */
class ChangeChainsIT extends OnMariaDb {

    private static final int LENGTH = 12;
    private static final List<String> TYPES = List.of(
            "TINYINT", "INT", "BIGINT", "VARCHAR(20)", "VARCHAR(50)", "VARCHAR(70)", "VARBINARY(9)", "JSON", "DATE");
    private static final Map<String, String> WIDER = Map.of(
            "TINYINT", "INT",
            "INT", "BIGINT",
            "VARCHAR(20)", "VARCHAR(50)",
            "VARCHAR(50)", "VARCHAR(70)",
            "VARBINARY(9)", "VARBINARY(300)");

    private Random random = new Random(0);

    /** A definition on its way: its tables, and what it names. */
    private final class Draft {
        private final Map<String, List<ColumnDefinition>> tables = new HashMap<>();
        private final Map<String, Map<String, List<String>>> indexes = new HashMap<>();
        private final List<String> drops = new ArrayList<>();
        private final List<String> reverts = new ArrayList<>();

        Draft(DatabaseSchema from) {
            from.tables().forEach(table -> {
                tables.put(table.name(), new ArrayList<>(table.columns()));
                Map<String, List<String>> of = new HashMap<>();
                table.indexes().forEach(index -> of.put(index.name(), index.columns()));
                indexes.put(table.name(), of);
            });
        }

        void change() {
            List<String> names = List.copyOf(tables.keySet());
            String table = names.get(random.nextInt(names.size()));
            List<ColumnDefinition> columns = Objects.requireNonNull(tables.get(table));
            Map<String, List<String>> indexed = Objects.requireNonNull(indexes.get(table));
            int place = 1 + random.nextInt(Math.max(1, columns.size() - 1));
            ColumnDefinition column = place < columns.size() ? columns.get(place) : null;
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (names.size() > 1) {
                        tables.remove(table);
                        drops.add(table);
                    }
                }
                case 1 -> {
                    String name = "t" + random.nextInt(4);
                    if (!tables.containsKey(name) && !drops.contains(name)) {
                        tables.put(name, new ArrayList<>(List.of(column("k", "BIGINT", false))));
                        indexes.put(name, new HashMap<>());
                    }
                }
                case 2 -> {
                    if (column != null) {
                        columns.remove(column);
                        indexed.values().removeIf(of -> of.contains(column.name()));
                        drops.add(table + "." + column.name());
                    }
                }
                case 3 -> {
                    String wider =
                            column == null ? null : WIDER.get(column.type().text());
                    if (column != null && wider != null) {
                        columns.set(place, column(column.name(), wider, column.nullable()));
                    }
                }
                case 4 -> {
                    if (column != null && column.type().keyable()) {
                        indexed.put("i" + random.nextInt(3), List.of(column.name(), "k"));
                    }
                }
                case 5 -> indexed.remove("i" + random.nextInt(3));
                default -> {
                    String name = "c" + random.nextInt(6);
                    boolean free =
                            columns.stream().noneMatch(known -> known.name().equals(name));
                    if (free && (!drops.contains(table + "." + name) || random.nextBoolean())) {
                        columns.add(column(name, TYPES.get(random.nextInt(TYPES.size())), true));
                    }
                }
            }
        }

        DatabaseSchema schema(long version) {
            return new DatabaseSchema(
                    version,
                    Strategy.RANGE,
                    tables.keySet().stream().sorted().map(this::table).toList());
        }

        private TableDefinition table(String name) {
            List<IndexDefinition> of = new ArrayList<>();
            Objects.requireNonNull(indexes.get(name))
                    .forEach((index, columns) -> of.add(new IndexDefinition(index, columns)));
            return new TableDefinition(name, Objects.requireNonNull(tables.get(name)), List.of("k"), "k", of);
        }

        /** Names what another definition may have made, as is done when it is left. */
        void leave(DatabaseSchema left, DatabaseSchema inForce) {
            for (TableDefinition table : left.tables()) {
                TableDefinition kept = inForce.find(table.name());
                if (kept == null) {
                    drops.add(table.name());
                    continue;
                }
                for (ColumnDefinition column : table.columns()) {
                    ColumnDefinition known = kept.column(column.name());
                    if (known == null) {
                        drops.add(table.name() + "." + column.name());
                    } else if (!known.equals(column)) {
                        reverts.add(table.name() + "." + column.name());
                    }
                }
            }
        }
    }

    private static ColumnDefinition column(String name, String type, boolean nullable) {
        return new ColumnDefinition(name, ColumnType.parse(type), nullable);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void endWithTheTablesOfTheLastDefinition(long seed) throws Exception {
        random = new Random(seed);
        String group = StoreFixture.uid();
        SqlText sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        ReplicaStore store = factory.open(group, StoreFixture.uid(), 1);
        DatabaseSchema shard = new DatabaseSchema(
                1,
                Strategy.RANGE,
                List.of(StoreFixture.table("t0", List.of("k"), "k BIGINT", "c0 INT", "c1 VARCHAR(20)?")));
        Entries log = new Entries(shard);
        store.apply(List.of(log.empty(), define(log, rules1(shard)), log.own(Interval.ALL, 1), log.open()));
        DatabaseSchema inForce = shard;
        for (int step = 2; step < LENGTH; step++) {
            fill(store, shard, log, step);
            // What is left was in force nowhere: the next one begins again from what was.
            boolean leaves = !shard.equals(inForce) && random.nextInt(3) == 0;
            DatabaseSchema from = leaves ? inForce : shard;
            Draft draft = new Draft(from);
            int changes = 1 + random.nextInt(4);
            IntStream.range(0, changes).forEach(_ -> draft.change());
            if (leaves) {
                draft.leave(shard, inForce);
            }
            DatabaseSchema next = draft.schema(step);
            SchemaDefinition definition = rules1(next).toBuilder()
                    .addAllDrops(draft.drops)
                    .addAllReverts(draft.reverts)
                    .build();
            String what = "seed " + seed + ", " + step + ": from " + shard + " to " + definition;
            cutOff(sql, group, shard, next, definition);

            var error = store.apply(List.of(define(log, definition))).getFirst().error();

            assertThat(error).as(what).isNull();
            assertThat(Catalogue.of(server, SqlText.SCHEMA_PREFIX + group))
                    .as(what)
                    .isEqualTo(Catalogue.made(server, factory, next));
            for (TableDefinition table : next.tables()) {
                if (shard.find(table.name()) != null && !draft.drops.contains(table.name())) {
                    assertThat(rows(store, next, log, table.name())).as(what).isGreaterThanOrEqualTo(1);
                }
            }
            boolean open = random.nextInt(3) > 0
                    && TableChange.between(from, next).stream().allMatch(ChangeChainsIT::canBeLeft);
            inForce = open ? from : next;
            shard = next;
        }
    }

    /** A change that took something away by permission is not left again: that came into force. */
    private static boolean canBeLeft(TableChange change) {
        return !(change instanceof TableChange.DropColumn)
                && !(change instanceof TableChange.DropTable)
                && !(change instanceof TableChange.Refused);
    }

    /** As if a process had died after some of the statements. */
    private void cutOff(
            SqlText sql, String group, DatabaseSchema shard, DatabaseSchema next, SchemaDefinition definition)
            throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            List<SchemaInstaller.Step> steps = new SchemaInstaller(connection, SqlText.SCHEMA_PREFIX + group, sql)
                    .missing(new StoredSchema(sql, shard), new StoredSchema(sql, next), Going.of(definition));
            for (SchemaInstaller.Step step : steps.subList(0, random.nextInt(steps.size() + 1))) {
                statement.execute(step.statement());
            }
        }
    }

    private static SchemaDefinition rules1(DatabaseSchema schema) {
        return schema.toWire().toBuilder().setRules(1).build();
    }

    private static CommittedEntry define(Entries log, SchemaDefinition definition) {
        return log.command(LoggedCommand.newBuilder().setDefineSchema(definition));
    }

    private static void fill(ReplicaStore store, DatabaseSchema schema, Entries log, long key) throws Exception {
        Entries here = new Entries(schema).at(log.index(), log.millis());
        for (TableDefinition table : schema.tables()) {
            Value[] values = table.columns().stream()
                    .map(column -> column.name().equals("k") || !column.nullable() ? Entries.number(key) : Value.NULL)
                    .toArray(Value[]::new);
            assertThat(store.apply(List.of(here.write(here.request(here.insert(table.name(), values)))))
                            .getFirst()
                            .replies())
                    .allSatisfy(
                            reply -> assertThat(reply.getError().getMessage()).isEmpty());
        }
        log.at(here.index(), here.millis());
    }

    private static long rows(ReplicaStore store, DatabaseSchema schema, Entries log, String table) throws Exception {
        List<Row> rows = Entries.rows(
                store.read(new Entries(schema).at(log.index(), log.millis()).range(table, null, null, 0))
                        .getRowsList());
        return rows.size();
    }
}
