package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.operator.report.ShardReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tables that the servers do not take: it is told, and everything else goes on. */
final class RefusedTablesTest extends WorldTest {

    private static final String WIDER =
            Databases.SPEC.replace("type: String}]", "type: String}, {name: w, type: JSON}]");
    private static final String WORDS = "table t: the row is too long";

    private void refuseANewColumn() {
        create(Databases.SPEC);
        world.servers().refuseTables(WORDS);
        database.apply(WIDER);
        operator.until("told", () -> reason(ConditionType.Withheld).equals("TablesRefused"));
    }

    private Map<String, String> pods() {
        Map<String, String> uids = new TreeMap<>();
        world.admin().pods().withLabel("app.kubernetes.io/component", "server").list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .forEach(pod ->
                        uids.put(pod.getMetadata().getName(), pod.getMetadata().getUid()));
        return uids;
    }

    private List<String> events() {
        return world.admin().v1().events().list().getItems().stream()
                .filter(event -> "TablesRefused".equals(event.getReason()))
                .map(event -> event.getInvolvedObject().getName() + " " + event.getCount())
                .sorted()
                .toList();
    }

    @Test
    void tellsTheServersWordsOnTheShardAndOnTheDatabase() {
        refuseANewColumn();
        operator.until(
                "told of every shard",
                () -> database.shards().values().stream()
                        .allMatch(shard -> ShardReport.holds(shard, ConditionType.Withheld)));
        assertThat(database.shards().values()).allSatisfy(shard -> {
            assertThat(ShardReport.withheld(shard).orElseThrow().message())
                    .contains("version 2")
                    .contains("INVALID_SCHEMA: " + WORDS);
            assertThat(ShardReport.holds(shard, ConditionType.Ready)).isFalse();
        });
        operator.until("ready names it", () -> reason(ConditionType.Ready).equals("TablesRefused"));
        assertThat(message(ConditionType.Ready)).contains("0 of 3 shards").contains(WORDS);
        assertThat(message(ConditionType.Withheld)).contains("shard sh1: ").contains(WORDS);
        for (int i = 0; i < 20; i++) {
            operator.round();
        }
        assertThat(events()).as("one each").containsExactly("db-sh1 1", "db-sh2 1", "db-sh3 1");
    }

    @Test
    void tablesThatNoShardHasTakenAreTakenBack() {
        refuseANewColumn();
        database.apply(Databases.SPEC);
        world.servers().refuseTables("");
        operator.settle("as before", database::ready);
        assertThat(message(ConditionType.Withheld)).doesNotContain(WORDS);
        database.apply(WIDER);
        operator.settle("allowed now", database::ready);
    }

    @Test
    void aRefusedDefinitionStopsNoRepair() {
        refuseANewColumn();
        world.servers().wipe("server-1");
        world.admin().apps().statefulSets().withName("db-server-2").delete();
        operator.settle(
                "repaired",
                () -> database.is(ConditionType.Degraded, false)
                        && database.is(ConditionType.DataSafe, true)
                        && database.get().getStatus().readyServers() == 3
                        && database.voters().values().stream().allMatch(voters -> voters.size() == 3));
        assertThat(database.is(ConditionType.Ready, false)).isTrue();
    }

    @Test
    void rollingRestartGoesOnUnderARefusedDefinition() {
        refuseANewColumn();
        Map<String, String> before = pods();
        database.apply(WIDER.replace("{count: 3}", "{count: 3, podAnnotations: {a: b}}"));
        operator.until(
                "rolled",
                () -> pods().keySet().equals(before.keySet())
                        && pods().values().stream().noneMatch(before::containsValue));
        assertThat(world.servers().violations()).isEmpty();
    }

    @Test
    void aNewShardIsOpenedUnderARefusedDefinition() {
        refuseANewColumn();
        database.apply(WIDER.replace("size: 10}]", "size: 10}, {name: sh4, low: 30, size: 10}]"));
        operator.until(
                "opened", () -> database.shards().containsKey("sh4") && ShardReport.settled(database.shard("sh4")));
    }

    @Test
    void repeatsItSeldomAndGoesOnWhenItIsTaken() {
        create(Databases.SPEC);
        operator.hurry();
        world.servers().refuseTables(WORDS);
        int before = world.servers().definitions();
        Duration start = operator.age();
        database.apply(WIDER);
        operator.until("ten minutes", () -> operator.age().minus(start).toMinutes() >= 10);
        assertThat(world.servers().definitions() - before)
                .as("per shard at most one a minute, after a few at first")
                .isBetween(3 * 10, 3 * 17);
        world.servers().refuseTables("");
        operator.until(
                "defined",
                () -> database.ready()
                        && database.shards().values().stream()
                                .map(Shard::getStatus)
                                .map(ShardStatus::schemaVersion)
                                .allMatch(version -> Objects.equals(version, 2L)));
        assertThat(reason(ConditionType.Withheld)).isEqualTo("NothingWithheld");
    }
}
