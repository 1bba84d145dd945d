package io.shardeddb.router.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.TimestampMode;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.crds.catalog.CatalogShard;
import io.shardeddb.crds.catalog.CatalogTables;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.SchemaHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is in force comes from the catalog: no refused spec, no missing object and no edit changes it. */
final class TopologyReaderTest {

    private static final String UID = "0b0e0d3c-6ab8-43f4-b9c9-2d7c0d4c6f11";
    private static final String GROUP = "1b0e0d3c-6ab8-43f4-b9c9-2d7c0d4c6f1";
    private static final String GOOD = "{name: Stud_id, type: Number}, {name: Stud_marks, type: Number}";
    private static final String REORDERED = "{name: Stud_marks, type: Number}, {name: Stud_id, type: Number}";

    private static ShardedDatabaseSpec spec(String columns) {
        return Serialization.unmarshal("""
                sharding: {strategy: Range}
                tables: [{name: StudT, columns: [%s], primaryKey: [Stud_id]}]
                shards: [{name: sh1, low: 0, size: 10}, {name: sh2, low: 10, size: 10}]
                """.formatted(columns), ShardedDatabaseSpec.class);
    }

    private static ShardedDatabase database(String columns, String status) {
        ShardedDatabase database = Serialization.unmarshal(
                "apiVersion: shardeddb.io/v1alpha1\nkind: ShardedDatabase\nmetadata: {name: db, uid: " + UID
                        + "}\nstatus: " + status,
                ShardedDatabase.class);
        database.setSpec(spec(columns));
        return database;
    }

    private static Catalog catalog(long revision) {
        ShardedDatabaseSpec spec = spec(GOOD);
        long hash = new DatabaseSchema(3, Strategy.RANGE, Tables.definitions(spec.tables())).hash();
        return new Catalog(
                Catalog.FORMAT,
                UID,
                revision,
                ShardingStrategy.Range,
                TimestampMode.Hybrid,
                new CatalogTables(3, SchemaHash.text(hash), spec.tables()),
                List.of(
                        new CatalogShard("sh1", GROUP + "1", new IntervalSpec(0L, 10L), 1, List.of("server-0")),
                        new CatalogShard("sh2", GROUP + "2", new IntervalSpec(10L, 20L), 4, List.of("server-0"))),
                Map.of("server-0", "db-server-0:7000"));
    }

    private static Shard shard(String name, String group) {
        return shard(name, group, new Interval(0, 99L));
    }

    private static Shard shard(String name, String group, Interval interval) {
        Shard shard = new Shard();
        shard.setMetadata(
                new ObjectMetaBuilder().withName("db-" + name).withUid(group).build());
        IntervalSpec positions = new IntervalSpec(interval.from(), interval.to());
        shard.setSpec(new ShardSpec("db", name, positions, 9L, List.of("server-0"), null, null, List.of(), null));
        return shard;
    }

    private static Topology read(ShardedDatabase database, @Nullable Catalog catalog, Shard... shards) {
        return TopologyReader.read(database, List.of(shards), catalog, Topology.empty());
    }

    private static List<String> columns(Topology topology) {
        return topology.schema().table("StudT").columns().stream()
                .map(ColumnDefinition::name)
                .toList();
    }

    @Test
    void aRouterThatStartsUnderARefusedSpecServesWhatWasInForce() {
        Topology topology = read(database(REORDERED, "{schemaVersion: 3, catalogRevision: 7}"), catalog(7));
        assertThat(columns(topology)).containsExactly("Stud_id", "Stud_marks");
        assertThat(topology.schema().version()).isEqualTo(3);
    }

    @Test
    void aShardWhoseObjectIsGoneOrEditedStaysWhatItIs() {
        Topology topology = read(database(GOOD, "{}"), catalog(7), shard("sh1", GROUP + "1"));
        assertThat(topology.shards()).extracting(ShardEntry::name).containsExactly("sh1", "sh2");
        assertThat(topology.shards()).extracting(ShardEntry::epoch).containsExactly(1L, 4L);
        assertThat(topology.shards().get(1).replicas()).containsExactly(new Replica("server-0", "db-server-0:7000"));
        assertThat(topology.shards().getFirst().interval().to()).isEqualTo(10);
    }

    @Test
    void aShardThatIsNotInTheCatalogIsNotRouted() {
        Topology topology = read(database(GOOD, "{}"), catalog(7), shard("sh9", GROUP + "9"));
        assertThat(topology.shards()).extracting(ShardEntry::name).containsExactly("sh1", "sh2");
    }

    @Test
    void readsNothingFromTheSpecOnceThereWasACatalog() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database(GOOD, "{schemaVersion: 3, catalogRevision: 7}"), null))
                .withMessageContaining("revision 7, is not there");
        Catalog ofAnother = new Catalog(
                1,
                "another",
                1,
                ShardingStrategy.Range,
                TimestampMode.Hybrid,
                catalog(1).tables(),
                List.of(),
                Map.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database(GOOD, "{schemaVersion: 3, catalogRevision: 7}"), ofAnother));
    }

    @Test
    void underAnOlderOperatorTheSpecIsTakenOnlyWhereTheStatusProvesIt() {
        String hash = SpecReader.statusHash(spec(GOOD));
        String status = "{schemaVersion: 3, schemaHash: " + hash + "}";
        assertThat(columns(read(database(GOOD, status), null))).containsExactly("Stud_id", "Stud_marks");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database(REORDERED, status), null))
                .withMessageContaining("not those in force");
        assertThat(read(database(GOOD, "{}"), null).schema().version()).isZero();
    }

    @Test
    void theHashInAStatusIsTheOneThatOlderOperatorsWrote() {
        ShardedDatabaseSpec spec = Serialization.unmarshal("""
                sharding: {strategy: Range}
                tables: [{name: t, columns: [{name: k, type: Number}, {name: v, type: String}], primaryKey: [k]}]
                """, ShardedDatabaseSpec.class);
        assertThat(SpecReader.statusHash(spec)).isEqualTo("d9f2e9b46159cec9ce0a8b2b1c75fe39");
    }

    @Test
    void refusesACatalogThatWasEditedOrIsTooNew() {
        Catalog good = catalog(7);
        Catalog edited = new Catalog(
                1,
                UID,
                7,
                good.strategy(),
                good.timestamps(),
                new CatalogTables(3, good.tables().hash(), spec(REORDERED).tables()),
                good.shards(),
                good.servers());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database(GOOD, "{}"), edited))
                .withMessageContaining("somebody has edited it");
        Catalog newer = new Catalog(
                2, UID, 7, good.strategy(), good.timestamps(), good.tables(), good.shards(), good.servers());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database(GOOD, "{}"), newer))
                .withMessageContaining("too old");
    }

    /** What is asked of all shards would be answered without it, and nobody would notice. */
    @Test
    void refusesACatalogThatHasLostAShard() {
        Catalog good = catalog(7);
        assertThat(read(database(GOOD, "{}"), good).shards()).hasSize(2);
        String json = Serialization.asJson(good);
        int from = json.indexOf(",{\"name\":\"sh2\"");
        String cut = json.substring(0, from) + json.substring(json.indexOf(']', json.indexOf("servers", from)) + 2);
        Catalog edited = Serialization.unmarshal(cut, Catalog.class);
        assertThat(edited.shards()).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database(GOOD, "{}"), edited))
                .withMessageContaining("somebody has edited it");
    }

    /** An operator of an earlier release writes no hash of the shards, and knows none that it was not told of. */
    @Test
    void refusesHashedKeysWithAHoleAlsoWhereNothingTellsOfTheShard() {
        List<Interval> all = Interval.cover(3);
        assertThat(read(database(GOOD, "{}"), hashed(all)).shards()).hasSize(3);
        for (Interval missing : all) {
            List<Interval> rest = new ArrayList<>(all);
            rest.remove(missing);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> read(database(GOOD, "{}"), hashed(rest)))
                    .withMessageContaining("with strategy Hash every position has one");
        }
    }

    private static Catalog hashed(List<Interval> intervals) {
        ShardedDatabaseSpec spec = spec(GOOD);
        long hash = new DatabaseSchema(3, Strategy.HASH, Tables.definitions(spec.tables())).hash();
        List<CatalogShard> shards = new ArrayList<>();
        for (Interval interval : intervals) {
            int number = shards.size() + 1;
            IntervalSpec positions = new IntervalSpec(interval.from(), interval.to());
            shards.add(new CatalogShard("sh" + number, GROUP + number, positions, 1, List.of("server-0")));
        }
        return new Catalog(
                Catalog.FORMAT,
                UID,
                7,
                ShardingStrategy.Hash,
                TimestampMode.Hybrid,
                new CatalogTables(3, SchemaHash.text(hash), spec.tables()),
                shards,
                Map.of("server-0", "db-server-0:7000"),
                null);
    }

    /** The shards' objects are all that tells of them then: one that is gone is no gap. */
    @Test
    void underAnOlderOperatorAMissingObjectIsNoGapInHashedKeys() {
        List<Interval> halves = Interval.cover(2);
        ShardedDatabaseSpec spec = Serialization.unmarshal("""
                sharding: {strategy: Hash}
                tables: [{name: StudT, columns: [%s], primaryKey: [Stud_id]}]
                shardCount: 2
                """.formatted(GOOD), ShardedDatabaseSpec.class);
        ShardedDatabase database =
                database(GOOD, "{schemaVersion: 3, schemaHash: " + SpecReader.statusHash(spec) + "}");
        database.setSpec(spec);
        Shard low = shard("sh1", GROUP + "1", halves.getFirst());
        Shard high = shard("sh2", GROUP + "2", halves.getLast());
        assertThat(read(database, null, low, high).shards()).hasSize(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(database, null, low))
                .withMessageContaining("with strategy Hash every position has one");
    }

    /** A router that runs goes on as it was; one that starts has only what was restored, and the servers judge it. */
    @Test
    void afterARestoreARunningRouterGoesOnAndOneThatStartsReadsWhatIsThere() {
        CatalogMemory running = new CatalogMemory();
        ShardedDatabase restored = database("{name: Stud_id, type: Number}", "{schemaVersion: 2, catalogRevision: 6}");
        Catalog newest = catalog(8);
        ShardedDatabaseSpec spec = spec("{name: Stud_id, type: Number}");
        Catalog old = new Catalog(
                newest.format(),
                UID,
                6,
                newest.strategy(),
                newest.timestamps(),
                new CatalogTables(
                        2,
                        SchemaHash.text(
                                new DatabaseSchema(2, Strategy.RANGE, Tables.definitions(spec.tables())).hash()),
                        spec.tables()),
                newest.shards(),
                newest.servers());
        running.latest(UID, Serialization.asJson(newest));
        Topology kept = read(restored, running.latest(UID, Serialization.asJson(old)));
        assertThat(kept.schema().version()).isEqualTo(3);
        assertThat(columns(kept)).containsExactly("Stud_id", "Stud_marks");
        assertThat(running.lower()).isEqualTo(6);
        Topology started = read(restored, new CatalogMemory().latest(UID, Serialization.asJson(old)));
        assertThat(started.schema().version()).isEqualTo(2);
        assertThat(columns(started)).containsExactly("Stud_id");
        // What the operator writes next is above both, and both take it.
        Catalog next = catalog(9);
        assertThat(read(restored, running.latest(UID, Serialization.asJson(next)))
                        .schema()
                        .version())
                .isEqualTo(3);
    }

    @Test
    void keepsTheHighestRevisionAndForgetsAnotherDatabase() {
        CatalogMemory memory = new CatalogMemory();
        assertThat(memory.latest(UID, null)).isNull();
        assertThat(memory.latest(UID, Serialization.asJson(catalog(7)))).isEqualTo(catalog(7));
        assertThat(memory.latest(UID, Serialization.asJson(catalog(6)))).isEqualTo(catalog(7));
        assertThat(memory.latest(UID, null)).isEqualTo(catalog(7));
        assertThat(memory.latest(UID, Serialization.asJson(catalog(8)))).isEqualTo(catalog(8));
        assertThat(memory.latest("another", null)).isNull();
    }
}
