package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.crds.catalog.CatalogShard;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is in force is published as the catalog, and nothing but a change that every shard has taken changes it. */
final class CatalogTest extends WorldTest {

    private static final String COLUMNS = "{name: k, type: Number}, {name: v, type: String}";
    private static final String MORE_COLUMNS = COLUMNS + ", {name: w, type: JSON}";

    private ConfigMap map() {
        return world.admin().configMaps().withName(Catalog.objectName("db")).get();
    }

    private String published() {
        return Objects.requireNonNull(map().getData().get(Catalog.KEY));
    }

    private Catalog catalog() {
        return Serialization.unmarshal(published(), Catalog.class);
    }

    private void rounds() {
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
    }

    /** As {@code kubectl patch} does it: the list as a whole is replaced. */
    private void reorderColumns() {
        world.admin().resources(ShardedDatabase.class).withName("db").patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec": {"tables": [{"name": "t", "primaryKey": ["k"],
                          "columns": [{"name": "v", "type": "String"}, {"name": "k", "type": "Number"}]}]}}
                        """);
    }

    private void putColumnsBack() {
        world.admin().resources(ShardedDatabase.class).withName("db").patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec": {"tables": [{"name": "t", "primaryKey": ["k"],
                          "columns": [{"name": "k", "type": "Number"}, {"name": "v", "type": "String"}]}]}}
                        """);
    }

    @Test
    void tellsTablesShardsAndServers() {
        create(Databases.SPEC);
        Catalog catalog = catalog();
        assertThat(catalog.database()).isEqualTo(database.get().getMetadata().getUid());
        assertThat(catalog.tables().version()).isEqualTo(1);
        assertThat(catalog.tables().tables().getFirst().columns())
                .extracting(ColumnSpec::name)
                .containsExactly("k", "v");
        assertThat(catalog.shards()).extracting(CatalogShard::name).containsExactly("sh1", "sh2", "sh3");
        for (CatalogShard shard : catalog.shards()) {
            Shard object = database.shard(shard.name());
            assertThat(shard.group()).isEqualTo(object.groupUid());
            assertThat(shard.interval()).isEqualTo(object.getSpec().interval());
            assertThat(shard.epoch()).isEqualTo(object.getSpec().epoch());
            assertThat(catalog.servers().keySet()).containsAll(shard.servers());
        }
        assertThat(database.get().getStatus().catalogRevision()).isEqualTo(catalog.revision());
    }

    @Test
    void staysByteForByteUnderASpecThatIsRefused() {
        create(Databases.SPEC);
        String before = published();
        reorderColumns();
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        rounds();
        operator.rebirth(Integer.MAX_VALUE);
        rounds();
        assertThat(published()).isEqualTo(before);
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(1);
    }

    @Test
    void staysByteForByteWhilePaused() {
        create(Databases.SPEC);
        String before = published();
        database.apply(Databases.SPEC.replace(COLUMNS, MORE_COLUMNS) + "paused: true\n");
        operator.until("paused", () -> reason(ConditionType.Progressing).equals("Paused"));
        rounds();
        assertThat(published()).isEqualTo(before);
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(1);
        assertThat(reason(ConditionType.Ready)).isEqualTo("Paused");
        database.apply(Databases.SPEC + "paused: true\n");
        operator.until("nothing held back", () -> reason(ConditionType.Ready).equals("AllReady"));
        database.apply(Databases.SPEC.replace(COLUMNS, MORE_COLUMNS));
        operator.settle(
                "new tables", () -> database.ready() && catalog().tables().version() > 1);
        assertThat(catalog().tables().tables().getFirst().columns()).hasSize(3);
        assertThat(catalog().revision()).isGreaterThan(1);
    }

    @Test
    void refusesANewShardOverThePositionsOfOneThatIsLeftOut() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("{name: sh3, low: 20", "{name: renamed, low: 20"));
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready)).contains("spec.shards[2]: shard renamed overlaps shard sh3");
        rounds();
        assertThat(database.shards().keySet()).containsExactlyInAnyOrder("sh1", "sh2", "sh3");
    }

    @Test
    void tablesThatAShardTookBeforeThePauseComeIntoForceInThePause() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace(COLUMNS, MORE_COLUMNS));
        operator.until(
                "taken",
                () -> database.shards().values().stream()
                        .anyMatch(shard -> Objects.equals(shard.getStatus().schemaVersion(), 2L)));
        database.apply(Databases.SPEC.replace(COLUMNS, MORE_COLUMNS) + "paused: true\n");
        operator.until("in force", () -> catalog().tables().version() == 2);
    }

    @Test
    void takesNewTablesOnlyWhenEveryShardThatServesHasThem() {
        create(Databases.SPEC);
        world.servers().freeze("server-0", true);
        world.servers().freeze("server-1", true);
        database.apply(Databases.SPEC.replace(COLUMNS, MORE_COLUMNS));
        rounds();
        assertThat(catalog().tables().version()).isEqualTo(1);
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(1);
        world.servers().freeze("server-0", false);
        world.servers().freeze("server-1", false);
        operator.settle(
                "new tables", () -> database.ready() && catalog().tables().version() == 2);
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(2);
    }

    @Test
    void keepsAShardWhoseObjectWasDeletedWhilePaused() {
        create(Databases.SPEC);
        String group = database.shard("sh2").groupUid();
        String before = published();
        database.apply(Databases.SPEC + "paused: true\n");
        operator.until("paused", () -> reason(ConditionType.Progressing).equals("Paused"));
        world.admin().resource(database.shard("sh2")).delete();
        operator.until("told", () -> database.is(ConditionType.DataSafe, false));
        assertThat(message(ConditionType.DataSafe)).contains("sh2 (its Shard object is missing)");
        rounds();
        assertThat(published()).isEqualTo(before);
        database.apply(Databases.SPEC);
        operator.settle("put back", () -> database.shards().containsKey("sh2") && database.ready());
        assertThat(database.shard("sh2").groupUid()).isEqualTo(group);
        assertThat(database.is(ConditionType.DataSafe, true)).isTrue();
    }

    @Test
    void putsAShardBackThatTheSpecLeavesOut() {
        create(Databases.SPEC);
        Shard left = database.shard("sh3");
        database.apply(Databases.SPEC.replace(", {name: sh3, low: 20, size: 10}", ""));
        operator.until("withheld", () -> reason(ConditionType.Withheld).equals("RowsWouldBeLost"));
        world.admin().resource(left).delete();
        operator.settle("put back", () -> database.shards().containsKey("sh3"));
        assertThat(database.shard("sh3").groupUid()).isEqualTo(left.groupUid());
        assertThat(database.shard("sh3").getSpec().interval())
                .isEqualTo(left.getSpec().interval());
        assertThat(catalog().shards()).extracting(CatalogShard::name).contains("sh3");
    }

    @Test
    void isWrittenAgainWhenSomebodyEditsOrDeletesIt() {
        create(Databases.SPEC);
        Catalog before = catalog();
        ConfigMap edited = map();
        edited.getData().put(Catalog.KEY, published().replace("\"String\"", "\"Number\""));
        world.admin().resource(edited).update();
        operator.until("mended", () -> !published().contains("\"type\":\"Number\",\"nullable\":true}]"));
        operator.until("as before", () -> catalog().tables().equals(before.tables()));
        assertThat(catalog().revision()).isGreaterThan(before.revision());
        world.admin().resource(map()).delete();
        operator.until("there again", () -> map() != null);
        assertThat(catalog().tables()).isEqualTo(before.tables());
        assertThat(catalog().revision()).isGreaterThanOrEqualTo(before.revision());
    }

    @Test
    void acceptsNoSpecThatItCannotCompareWithALostRecord() {
        create(Databases.SPEC);
        operator.rebirth(Integer.MAX_VALUE);
        world.admin().resource(map()).delete();
        reorderColumns();
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready)).contains("the record of what is in force, is gone");
        rounds();
        assertThat(map()).isNull();
        putColumnsBack();
        operator.settle("made again", () -> database.ready() && map() != null);
        assertThat(catalog().tables().version()).isEqualTo(1);
    }

    @Test
    void startsNoShardAgainWhenRecordAndObjectAreBothGone() {
        create(Databases.SPEC);
        int copies = world.servers().copiesMade();
        operator.rebirth(Integer.MAX_VALUE);
        world.admin().resource(map()).delete();
        // Its finalizer is taken off by hand, too.
        Shard shard = database.shard("sh2");
        shard.getMetadata().setFinalizers(List.of());
        world.admin().resource(world.admin().resource(shard).update()).delete();
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        rounds();
        assertThat(message(ConditionType.Ready)).contains("sh2");
        assertThat(database.shards()).doesNotContainKey("sh2");
        assertThat(world.servers().copiesMade()).isEqualTo(copies);
    }

    private static String collections(String declared) {
        return """
            sharding: {strategy: Hash}
            shardCount: 3
            replication: {replicas: 3}
            servers: {count: 3}
            tables: [{name: t, columns: [{name: k, type: Number}], primaryKey: [k]}]
            """ + declared;
    }

    private List<String> tablesInForce() {
        return catalog().tables().tables().stream()
                .map(table -> table.name() + (table.shardKeyPath() == null ? "" : " by " + table.shardKeyPath()))
                .toList();
    }

    @Test
    void collectionsAndSpacesComeIntoForceAsTables() {
        create(collections(""));
        String both = collections("""
                collections: [{name: people}, {name: orders, shardKey: customer.id}]
                keyValueSpaces: [{name: sessions}]
                """);
        database.apply(both);
        operator.settle(
                "in force",
                () -> database.ready()
                        && tablesInForce().equals(List.of("t", "people", "orders by customer.id", "sessions")));
        assertThat(world.servers()
                        .tables()
                        .brought(catalog().tables().version())
                        .getTablesList())
                .extracting(TableDescription::getName)
                .containsExactly("t", "people", "orders", "sessions");
        assertThat(database.get().getSpec().tables()).hasSize(1);

        database.apply(both.replace("customer.id", "customer.name"));
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready))
                .contains("spec.collections[1].shardKey: the shard key of the documents of orders cannot change");
        assertThat(tablesInForce()).contains("orders by customer.id");

        database.apply(collections("""
                collections: [{name: people}]
                keyValueSpaces: [{name: sessions}]
                """));
        operator.until("withheld", () -> reason(ConditionType.Withheld).equals("PermissionNeeded"));
        world.admin().resources(ShardedDatabase.class).withName("db").edit(one -> {
            one.getMetadata().setAnnotations(Map.of(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION, "drop orders"));
            return one;
        });
        operator.settle(
                "dropped", () -> database.ready() && tablesInForce().equals(List.of("t", "people", "sessions")));
    }
}
