package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.TableSteps;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Specs that must not be acted on. */
final class BadSpecTest extends WorldTest {

    private static final String TABLES =
            "[{name: t, columns: [{name: k, type: Number}, {name: v, type: String}], primaryKey: [k]}]";
    private static final String OVERLAP = Databases.SPEC.replace("low: 20", "low: 15");

    private List<Event> events(String reason) {
        return world.admin().v1().events().list().getItems().stream()
                .filter(event -> reason.equals(event.getReason()))
                .toList();
    }

    @Test
    void makesNothingOfABadSpecAndNamesTheField() {
        database.apply(OVERLAP);
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready)).contains("spec.shards[2]").endsWith("nothing was made");
        assertThat(world.list("statefulsets.apps")).isEmpty();
        assertThat(world.list("configmaps")).isEmpty();
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        operator.rebirth(Integer.MAX_VALUE);
        operator.round();
        assertThat(events("InvalidSpec")).as("one event, also over a restart").hasSize(1);
        database.apply(Databases.SPEC);
        operator.settle("mended", database::ready);
    }

    @Test
    void keepsTheLastGoodSpecRunningUnderABadOne() {
        create(Databases.SPEC);
        database.apply(OVERLAP.replace("count: 3", "count: 1"));
        operator.until("refused", () -> database.is(ConditionType.Ready, false));
        assertThat(reason(ConditionType.Ready)).isEqualTo("InvalidSpec");
        assertThat(message(ConditionType.Ready)).endsWith("the last good spec stays in force");
        world.servers().wipe("server-1");
        world.admin().apps().statefulSets().withName("db-server-2").delete();
        operator.settle(
                "repaired by the last good spec",
                () -> database.is(ConditionType.Degraded, false)
                        && database.is(ConditionType.DataSafe, true)
                        && database.get().getStatus().readyServers() == 3);
        assertThat(database.voters().values()).allMatch(voters -> voters.size() == 3);
        assertThat(database.is(ConditionType.Ready, false)).isTrue();
        database.apply(Databases.SPEC);
        operator.settle("mended", database::ready);
    }

    @Test
    void refusesTablesThatNoServerTakesBeforeTheyAreAccepted() {
        create(Databases.SPEC);
        int definitions = world.servers().definitions();
        database.apply(Databases.SPEC.replace(
                "primaryKey: [k]}]",
                "primaryKey: [k]}, {name: u, columns: [{name: k, type: VARCHAR(40)}], primaryKey: [k]}]"));
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready))
                .startsWith("spec.tables[1].columns[0].type: with strategy Range the shard key must be Number")
                .endsWith("the last good spec stays in force");
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(1L);
        assertThat(world.servers().definitions()).isEqualTo(definitions);
        database.apply(Databases.SPEC);
        operator.settle("taken back", database::ready);
    }

    /**
     * An operator that did not look at tables accepted this: its record is put in place of ours, and the operator
     * starts again.
     */
    private void acceptAsAnOlderOperator(String tables) {
        ConfigMap record = world.admin().configMaps().withName("db-accepted").get();
        AcceptedRecord good = Objects.requireNonNull(AcceptedRecord.read(record));
        ShardedDatabaseSpec broken =
                Serialization.unmarshal(Databases.SPEC.replace(TABLES, tables), ShardedDatabaseSpec.class);
        record.setData(new AcceptedRecord(
                        broken,
                        2,
                        "of the broken tables",
                        TableSteps.ADDITIONS,
                        null,
                        List.of(),
                        good.groups(),
                        good.servers())
                .object(database.get(), null, Instant.EPOCH)
                .getData());
        // It knows no hash of what it writes.
        record.getMetadata().setAnnotations(Map.of());
        world.admin().resource(record).update();
        operator.rebirth(Integer.MAX_VALUE);
        database.apply(Databases.SPEC.replace(TABLES, tables));
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        operator.until(
                "told by the shards", () -> reason(ConditionType.Withheld).equals("TablesRefused"));
    }

    @Test
    void aTableThatAnOlderOperatorAcceptedIsMended() {
        create(Databases.SPEC);
        String added =
                TABLES.replace("]}]", "]}, {name: u, columns: [{name: x, type: VARCHAR(40)}], primaryKey: [x]}]");
        acceptAsAnOlderOperator(added);
        database.apply(Databases.SPEC.replace(TABLES, added.replace("VARCHAR(40)", "BIGINT")));
        operator.settle("mended", database::ready);
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(3L);
    }

    @Test
    void aTableThatAnOlderOperatorAcceptedIsTakenOut() {
        create(Databases.SPEC);
        acceptAsAnOlderOperator(
                TABLES.replace("]}]", "]}, {name: u, columns: [{name: x, type: VARCHAR(40)}], primaryKey: [x]}]"));
        database.apply(Databases.SPEC);
        operator.settle("taken out", database::ready);
    }

    @Test
    void aColumnThatAnOlderOperatorAcceptedIsTakenOutAndNoOther() {
        create(Databases.SPEC);
        acceptAsAnOlderOperator(TABLES.replace("String}]", "String}, {name: w, type: VARCAHR(4)}]"));
        database.apply(Databases.SPEC.replace(TABLES, TABLES.replace(", {name: v, type: String}", "")));
        operator.until("withheld", () -> message(ConditionType.Withheld).contains("needs drop t.v;"));
        database.apply(Databases.SPEC);
        operator.settle("taken out", database::ready);
    }

    @Test
    void refusesWhatWouldReinterpretRows() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("type: String", "type: Number"));
        operator.until("refused", () -> database.is(ConditionType.Ready, false));
        assertThat(message(ConditionType.Ready))
                .startsWith("spec.tables[0].columns[1].type: column v cannot change from String to Number");
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(1L);
    }

    @Test
    void keepsAShardThatTheSpecLeavesOut() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace(", {name: sh3, low: 20, size: 10}", ""));
        operator.until("withheld", () -> reason(ConditionType.Withheld).equals("RowsWouldBeLost"));
        assertThat(database.shards()).containsKey("sh3");
        world.servers().wipe("server-0");
        operator.settle("still looked after", () -> database.is(ConditionType.Degraded, false));
    }

    @Test
    void bringsNewTablesToEveryShard() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("type: String}]", "type: String}, {name: w, type: JSON}]"));
        operator.settle(
                "new column",
                () -> database.ready()
                        && database.shards().values().stream()
                                .map(Shard::getStatus)
                                .allMatch(status -> Objects.equals(status.schemaVersion(), 2L)));
        assertThat(database.get().getStatus().schemaVersion()).isEqualTo(2L);
    }
}
