package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.operator.world.FakeTables;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * No shard goes back to older tables: a record of older ones than the shards have is never what requests are made for.
 */
final class OldRecordTest extends WorldTest {

    private static final String WIDER = Databases.SPEC.replace("{name: v,", "{name: w, type: INT}, {name: v,");

    private ConfigMap map() {
        return world.admin().configMaps().withName(Catalog.objectName("db")).get();
    }

    private Catalog catalog() {
        return Serialization.unmarshal(map().getData().get(Catalog.KEY), Catalog.class);
    }

    private long version(String shard) {
        return Objects.requireNonNullElse(database.shard(shard).getStatus().schemaVersion(), 0L);
    }

    private void rounds() {
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
    }

    /** As somebody restores a backup: over what is there, or where nothing is. */
    private void putBack(ConfigMap old) {
        ConfigMap back = new ConfigMapBuilder(old)
                .editMetadata()
                .withResourceVersion(null)
                .endMetadata()
                .build();
        if (map() == null) {
            back.getMetadata().setUid(null);
            world.admin().resource(back).create();
        } else {
            world.admin().resource(back).update();
        }
    }

    /** A change that sh1 takes, and that sh2 and sh3 refuse. */
    private void openOnOneShard() {
        FakeTables tables = world.servers().tables();
        tables.refuse(database.group("sh2"), "no room");
        tables.refuse(database.group("sh3"), "no room");
        database.apply(WIDER);
        long before = version("sh1");
        operator.until("open on sh1", () -> version("sh1") > before);
        tables.refuse(database.group("sh2"), "");
        tables.refuse(database.group("sh3"), "");
    }

    /** Its servers have other tables by now, and its status does not tell so yet. */
    private void tellsStill(String shard, long version) {
        Shard object = database.shard(shard);
        ShardStatus told = Serialization.unmarshal(
                Serialization.asJson(object.getStatus())
                        .replaceAll("\"schemaVersion\":\\d+", "\"schemaVersion\":" + version),
                ShardStatus.class);
        object.setStatus(told);
        world.admin().resource(object).updateStatus();
        assertThat(version(shard)).isEqualTo(version);
    }

    @Test
    void aBackupIsOverwrittenFromMemory() {
        create(Databases.SPEC);
        ConfigMap old = map();
        database.apply(WIDER);
        operator.settle("wider", () -> database.ready() && catalog().tables().version() == 2);
        long revision = catalog().revision();
        for (boolean deleted : new boolean[] {false, true}) {
            if (deleted) {
                world.admin().resource(map()).delete();
            }
            putBack(old);
            operator.settle(
                    "put right",
                    () -> catalog().tables().version() == 2 && catalog().revision() > revision);
            assertThat(database.ready()).isTrue();
        }
    }

    @Test
    void anOperatorThatHasJustStartedTakesABackupForALostRecord() {
        create(Databases.SPEC);
        ConfigMap old = map();
        database.apply(WIDER);
        operator.settle("wider", () -> database.ready() && catalog().tables().version() == 2);
        Catalog before = catalog();
        operator.rebirth(Integer.MAX_VALUE);
        putBack(old);
        operator.settle("recorded anew", () -> database.ready() && catalog().revision() > before.revision());
        assertThat(catalog().tables()).isEqualTo(before.tables());
        assertThat(catalog().shards()).isEqualTo(before.shards());
    }

    /** All of Kubernetes goes back: spec, statuses and record. Only the shards have the later tables. */
    @Test
    void afterARestoreOfKubernetesTheTablesOfTheShardsCanBeAskedFor() {
        create(Databases.SPEC);
        ConfigMap old = map();
        ShardedDatabaseStatus status = database.get().getStatus();
        database.apply(WIDER);
        operator.settle("wider", () -> database.ready() && catalog().tables().version() == 2);
        Catalog before = catalog();
        operator.rebirth(Integer.MAX_VALUE);
        putBack(old);
        database.apply(Databases.SPEC);
        ShardedDatabase restored = database.get();
        restored.setStatus(status);
        world.admin().resource(restored).updateStatus();
        List.of("sh1", "sh2", "sh3").forEach(shard -> tellsStill(shard, 1));
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready)).contains("the tables that every shard has, of version 2");
        rounds();
        assertThat(map().getData()).isEqualTo(old.getData());

        database.apply(WIDER);
        operator.settle("in force again", database::ready);
        assertThat(catalog().tables()).isEqualTo(before.tables());
        assertThat(catalog().shards()).isEqualTo(before.shards());
        assertThat(catalog().revision()).isGreaterThan(before.revision());
    }

    @Test
    void aBackupFromBeforeAnOpenChangeIsRefused() {
        create(Databases.SPEC);
        ConfigMap old = map();
        openOnOneShard();
        ConfigMap latest = map();
        operator.rebirth(Integer.MAX_VALUE);
        database.apply(Databases.SPEC);
        putBack(old);
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready))
                .contains("is older than the shards: sh1 has version 2 of the tables, and it knows 1 as the latest");
        rounds();
        assertThat(map().getData()).isEqualTo(old.getData());
        putBack(latest);
        operator.settle("taken back", database::ready);
        assertThat(catalog().tables().version()).isGreaterThan(2);
    }

    @Test
    void aLostRecordIsNotMadeAgainBelowWhatServersTell() {
        create(Databases.SPEC);
        openOnOneShard();
        world.admin().resource(map()).delete();
        tellsStill("sh1", 1);
        database.apply(Databases.SPEC);
        operator.rebirth(Integer.MAX_VALUE);
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready))
                .contains("tables were being changed")
                .contains("sh1");
        rounds();
        assertThat(map()).isNull();
    }

    @Test
    void aRestoredRecordIsNotPublishedAgainBelowWhatServersTell() {
        create(Databases.SPEC);
        ConfigMap old = map();
        openOnOneShard();
        tellsStill("sh1", 1);
        database.apply(Databases.SPEC);
        operator.rebirth(Integer.MAX_VALUE);
        putBack(old);
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready)).contains("is older than the shards: sh1 has version 2");
        assertThat(map().getData()).isEqualTo(old.getData());
    }
}
