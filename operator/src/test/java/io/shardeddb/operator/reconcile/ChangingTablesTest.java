package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.operator.world.FakeTables;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables that change: tried, allowed, made on every shard, and left again, as docs/tables.md says. */
final class ChangingTablesTest extends WorldTest {

    private static final String K = "{name: k, type: Number}";
    private static final String V = "{name: v, type: String}";
    private static final String W = "{name: w, type: INT}";

    private FakeTables tables;

    @BeforeEach
    void lookAtTables() {
        tables = world.servers().tables();
    }

    private static String columns(String... columns) {
        return Databases.SPEC.replace(K + ", " + V, String.join(", ", columns));
    }

    private Catalog catalog() {
        ConfigMap map =
                world.admin().configMaps().withName(Catalog.objectName("db")).get();
        return Serialization.unmarshal(map.getData().get(Catalog.KEY), Catalog.class);
    }

    private List<String> inForce() {
        return catalog().tables().tables().getFirst().columns().stream()
                .map(ColumnSpec::name)
                .toList();
    }

    private void allow(String permissions) {
        world.admin().resources(ShardedDatabase.class).withName("db").edit(one -> {
            one.getMetadata().setAnnotations(Map.of(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION, permissions));
            return one;
        });
    }

    private long version(String shard) {
        return Objects.requireNonNullElse(database.shard(shard).getStatus().schemaVersion(), 0L);
    }

    private List<String> events(String reason) {
        return world.admin().v1().events().list().getItems().stream()
                .filter(event -> reason.equals(event.getReason()))
                .map(event -> event.getMessage())
                .toList();
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            operator.round();
        }
    }

    /** A change that sh1 takes, and that sh2 and sh3 refuse. */
    private void openOnOneShard(String spec) {
        tables.refuse(database.group("sh2"), "no room");
        tables.refuse(database.group("sh3"), "no room");
        database.apply(spec);
        long before = version("sh1");
        operator.until("open on sh1", () -> version("sh1") > before);
        tables.refuse(database.group("sh2"), "");
        tables.refuse(database.group("sh3"), "");
    }

    @Test
    void whatADatabaseCannotMakeIsRefusedBeforeAnyShardGetsIt() {
        create(Databases.SPEC);
        int definitions = world.servers().definitions();
        tables.refuseTrials("table t: row too long");
        database.apply(columns(K, V, W));
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready))
                .contains("spec.tables: FakeDB 1.0 cannot make them: table t: row too long");
        rounds(5);
        assertThat(world.servers().definitions()).isEqualTo(definitions);
        assertThat(inForce()).containsExactly("k", "v");
        database.apply(Databases.SPEC);
        operator.settle("as before", database::ready);
    }

    @Test
    void theRestOfTheSpecIsAcceptedWhileNobodyCanTry() {
        create(Databases.SPEC);
        tables.silence(true);
        database.apply(columns(K, V, W).replace("{count: 3}", "{count: 4}"));
        operator.until("told", () -> message(ConditionType.Progressing).contains("they could not be tried: server-"));
        assertThat(reason(ConditionType.Progressing)).isEqualTo("ChangingTables");
        operator.until("a fourth server", () -> database.get().getStatus().readyServers() == 4);
        assertThat(inForce()).containsExactly("k", "v");
        tables.silence(false);
        operator.settle("in force", () -> database.ready() && inForce().contains("w"));
    }

    @Test
    void aDropIsWithheldUntilItIsAllowedByName() {
        create(Databases.SPEC);
        database.apply(columns(K));
        operator.until("withheld", () -> reason(ConditionType.Withheld).equals("PermissionNeeded"));
        assertThat(message(ConditionType.Withheld))
                .contains("column t.v is dropped with its values: needs drop t.v")
                .contains("set the annotation shardeddb.io/allow-table-changes to \"drop t.v\"");
        rounds(5);
        assertThat(database.ready()).isTrue();
        assertThat(inForce()).containsExactly("k", "v");
        allow("dorp t.v");
        operator.until("unclear", () -> message(ConditionType.Withheld).contains("'dorp t.v' is no permission"));
        allow("drop t.v");
        operator.settle("dropped", () -> database.ready() && inForce().equals(List.of("k")));
        SchemaDefinition definition = tables.brought(catalog().tables().version());
        assertThat(definition.getRules()).isEqualTo(1);
        assertThat(definition.getDropsList()).containsExactly("t.v");
        assertThat(reason(ConditionType.Withheld)).isEqualTo("NothingWithheld");
        assertThat(events("TablesProposed")).hasSize(1);
        assertThat(events("TablesTried")).singleElement().asString().endsWith("can be made by FakeDB 1.0");
        assertThat(events("TablesAccepted")).hasSize(1);
        assertThat(events("TablesInForce"))
                .contains("version " + definition.getVersion() + " of the tables is in force");
        // The name is free: nothing of the old drop is in the next definition.
        database.apply(columns(K, V));
        operator.settle("again", () -> database.ready() && inForce().equals(List.of("k", "v")));
        assertThat(tables.brought(catalog().tables().version()).getDropsList()).isEmpty();
    }

    /** Nobody who allowed the one meant the other. */
    @Test
    void aPermissionIsSpentByTheChangeThatHasUsedIt() {
        create(Databases.SPEC);
        allow("drop t.v");
        database.apply(columns(K));
        operator.settle("dropped", () -> database.ready() && inForce().equals(List.of("k")));
        database.apply(columns(K, V));
        operator.settle("again", () -> database.ready() && inForce().equals(List.of("k", "v")));

        database.apply(columns(K));
        operator.until(
                "withheld", () -> message(ConditionType.Withheld).contains("an earlier change has used drop t.v"));
        rounds(5);
        assertThat(inForce()).containsExactly("k", "v");
        allow("");
        rounds(2);
        allow("drop t.v");
        operator.settle("dropped once more", () -> database.ready() && inForce().equals(List.of("k")));
    }

    @Test
    void anIndexIsMadeWhenTheRebuildIsAllowed() {
        create(Databases.SPEC);
        database.apply(
                Databases.SPEC.replace("primaryKey: [k]}", "primaryKey: [k], indexes: [{name: i, columns: [v]}]}"));
        operator.until("withheld", () -> message(ConditionType.Withheld).contains("needs rebuild t"));
        allow("rebuild t");
        operator.settle(
                "in force",
                () -> database.ready()
                        && !catalog().tables().tables().getFirst().indexes().isEmpty());
        assertThat(tables.brought(catalog().tables().version())
                        .getTables(0)
                        .getIndexes(0)
                        .getName())
                .isEqualTo("i");
    }

    @Test
    void anOpenChangeIsTakenBackAlsoWhereAShardHasIt() {
        create(Databases.SPEC);
        openOnOneShard(columns(K, V, W));
        assertThat(inForce()).containsExactly("k", "v");
        assertThat(message(ConditionType.Progressing)).contains("of 3 shards");
        database.apply(Databases.SPEC);
        operator.settle("taken back", database::ready);
        SchemaDefinition last = tables.brought(catalog().tables().version());
        assertThat(last.getTakesBackList()).containsExactly("t.w");
        assertThat(world.servers().tables(database.group("sh1")).getTables(0).getColumnsCount())
                .isEqualTo(2);
        assertThat(events("TablesTakenBack")).hasSize(1);
    }

    /** An operator whose memory is of an earlier time may take back what holds rows: the shards know better. */
    @Test
    void whatHoldsSomethingIsToldAndNotTakenBack() {
        String more = Databases.SPEC.replace(
                "primaryKey: [k]}]", "primaryKey: [k]}, {name: u, primaryKey: [k], columns: [" + K + "]}]");
        create(Databases.SPEC);
        openOnOneShard(more);
        tables.hold("u");
        database.apply(Databases.SPEC);
        operator.until("told", () -> message(ConditionType.Ready).contains("u holds something"));
        assertThat(reason(ConditionType.Ready)).isEqualTo("TablesRefused");
        assertThat(message(ConditionType.Ready)).contains("shard sh1");
        assertThat(world.servers().tables(database.group("sh1")).getTablesCount())
                .isEqualTo(2);
        database.apply(more);
        operator.settle(
                "asked for again",
                () -> database.ready() && catalog().tables().tables().size() == 2);
    }

    @Test
    void serversThatWouldDropWhatHoldsRowsTakeNothingBack() {
        create(Databases.SPEC);
        openOnOneShard(columns(K, V, W));
        tables.older("server-1", true);
        database.apply(Databases.SPEC);
        operator.until("waits", () -> message(ConditionType.Progressing).contains("older release"));
        tables.older("server-1", false);
        operator.settle("taken back", database::ready);
    }

    @Test
    void aSecondTakeBackNamesWhatBothChangesMade() {
        create(Databases.SPEC);
        openOnOneShard(columns(K, V, W));
        openOnOneShard(columns(K, V, "{name: w, type: JSON}, {name: x, type: INT}"));
        openOnOneShard(columns(K, V, "{name: y, type: INT}"));
        database.apply(columns(K, V, W));
        operator.settle(
                "the first one after all", () -> database.ready() && inForce().equals(List.of("k", "v", "w")));
        assertThat(world.servers()
                        .tables(database.group("sh1"))
                        .getTables(0)
                        .getColumns(2)
                        .getType())
                .isEqualTo("INT");
        assertThat(tables.brought(catalog().tables().version()).getTakesBackList())
                .contains("t.w", "t.x", "t.y");
    }

    @Test
    void whatAShardHasDroppedDoesNotComeBackUnderItsName() {
        create(Databases.SPEC);
        allow("drop t.v");
        openOnOneShard(columns(K));
        database.apply(Databases.SPEC);
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready))
                .contains("t.v was dropped by version 2")
                .contains("sh1 has made");
        database.apply(columns(K));
        operator.settle("dropped", () -> database.ready() && inForce().equals(List.of("k")));
    }

    @Test
    void aWidenedColumnBecomesWhatItWas() {
        String narrow = columns(K, "{name: v, type: VARCHAR(10)}");
        create(narrow);
        openOnOneShard(columns(K, "{name: v, type: VARCHAR(20)}"));
        database.apply(narrow);
        operator.settle("taken back", database::ready);
        assertThat(tables.brought(catalog().tables().version()).getRevertsList())
                .containsExactly("t.v");
        assertThat(world.servers()
                        .tables(database.group("sh1"))
                        .getTables(0)
                        .getColumns(1)
                        .getType())
                .isEqualTo("VARCHAR(10)");
    }

    @Test
    void aKilledOperatorIsFollowedByOneThatBringsTheSameDefinition() {
        create(Databases.SPEC);
        allow("drop t.v");
        database.apply(columns(K, W));
        // One step, the record, and then it dies; so does each one after it.
        operator.mortal(1, true);
        operator.until("in force", () -> inForce().equals(List.of("k", "w")));
        operator.mortal(Integer.MAX_VALUE, false);
        operator.settle("ready", database::ready);
        assertThat(tables.brought(catalog().tables().version()).getDropsList()).containsExactly("t.v");
    }

    @Test
    void serversOfAnOlderReleaseTakeAdditionsAndDelayTheRest() {
        create(Databases.SPEC);
        tables.older("server-1", true);
        database.apply(columns(K, V, W));
        operator.settle("added", () -> database.ready() && inForce().contains("w"));
        assertThat(tables.brought(catalog().tables().version()).getRules()).isZero();
        allow("drop t.v");
        database.apply(columns(K, W));
        operator.until("waits", () -> message(ConditionType.Progressing).contains("older release"));
        assertThat(message(ConditionType.Progressing)).contains("server-1");
        rounds(5);
        assertThat(inForce()).contains("v");
        tables.older("server-1", false);
        operator.settle("dropped", () -> database.ready() && !inForce().contains("v"));
    }

    @Test
    void aShardWithoutLeaderDelaysTheNextChange() {
        create(Databases.SPEC.replace("{count: 3}", "{count: 6}").replace("replicas: 3", "replicas: 2"));
        List<String> others = database.shard("sh3").getSpec().servers();
        others.forEach(server -> world.servers().freeze(server, true));
        operator.until("no leader", () -> database.shard("sh3").getStatus().leader() == null);
        String spec = columns(K, V, W).replace("{count: 3}", "{count: 6}").replace("replicas: 3", "replicas: 2");
        int definitions = world.servers().definitions();
        database.apply(spec);
        operator.until("waits", () -> message(ConditionType.Progressing).contains("every shard has to have"));
        rounds(5);
        assertThat(world.servers().definitions()).isEqualTo(definitions);
        assertThat(inForce()).doesNotContain("w");
        others.forEach(server -> world.servers().freeze(server, false));
        operator.settle("changed", () -> database.ready() && inForce().contains("w"));
    }

    /** In force without it, they could neither be made there nor be taken back. */
    @Test
    void whatAShardRefusesDoesNotComeIntoForceWhileItHasNoLeader() {
        String servers = Databases.SPEC.replace("{count: 3}", "{count: 6}").replace("replicas: 3", "replicas: 2");
        create(servers);
        tables.refuse(database.group("sh3"), "no room");
        database.apply(columns(K, V, W).replace("{count: 3}", "{count: 6}").replace("replicas: 3", "replicas: 2"));
        operator.until("made on the others", () -> version("sh1") > 1 && version("sh2") > 1);
        List<String> others = database.shard("sh3").getSpec().servers();
        others.forEach(server -> world.servers().freeze(server, true));
        operator.until("no leader", () -> database.shard("sh3").getStatus().leader() == null);
        rounds(5);
        assertThat(inForce()).containsExactly("k", "v");
        others.forEach(server -> world.servers().freeze(server, false));
        operator.until("told", () -> message(ConditionType.Withheld).matches("(?s).*sh3.*no room.*"));
        tables.refuse(database.group("sh3"), "");
        database.apply(servers);
        operator.settle("taken back", () -> database.ready() && inForce().equals(List.of("k", "v")));
        assertThat(tables.brought(catalog().tables().version()).getTakesBackList())
                .containsExactly("t.w");
    }

    /** What each definition says besides its tables is meant for shards that have the one before. */
    @Test
    void aShardThatIsRecoveredFromAnOldCopyGetsOneDefinitionAfterTheOther() {
        create(columns(K, "{name: v, type: VARCHAR(10)}"));
        SchemaDefinition first = world.servers().tables(database.group("sh2"));
        database.apply(columns(K, "{name: v, type: VARCHAR(20)}"));
        operator.settle("wider", () -> database.ready() && catalog().tables().version() == 2);
        allow("drop t.v");
        database.apply(columns(K));
        operator.settle("dropped", () -> database.ready() && inForce().equals(List.of("k")));
        database.apply(columns(K, "{name: v, type: INT}"));
        operator.settle(
                "another one of the name", () -> database.ready() && inForce().equals(List.of("k", "v")));

        world.servers().goBack(database.group("sh2"), first);
        operator.settle(
                "caught up",
                () -> database.ready()
                        && world.servers().tables(database.group("sh2")).getVersion()
                                == catalog().tables().version());
        assertThat(world.servers()
                        .tables(database.group("sh2"))
                        .getTables(0)
                        .getColumns(1)
                        .getType())
                .isEqualTo("INT");
    }

    @Test
    void fiftyChangesInARowReachReady() {
        create(Databases.SPEC);
        StringBuilder columns = new StringBuilder(K + ", " + V);
        for (int i = 0; i < 50; i++) {
            columns.append(", {name: c").append(i).append(", type: INT}");
            database.apply(columns(columns.toString()));
            operator.round();
        }
        operator.settle("all", () -> database.ready() && inForce().size() == 52);
    }
}
