package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.ConditionType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Servers, copies and tolerance go up and down. */
final class MovementTest extends WorldTest {

    private static final String SIX = Databases.SPEC.replace("count: 3", "count: 6");

    @Test
    void movesTheFewestCopiesWhenServersJoinAndLeave() {
        create(Databases.SPEC);
        int before = world.servers().copiesMade();
        change("count: 3", "count: 6");
        // Nine copies on six servers: two servers keep two, so four or five must move.
        assertThat(database.loads().values()).allMatch(load -> load == 1 || load == 2);
        assertThat(database.loads()).hasSize(6);
        assertThat(world.servers().copiesMade() - before).isLessThanOrEqualTo(5);
        assertThat(database.leads().values()).allMatch(count -> count == 1);
        before = world.servers().copiesMade();
        int onLeaving =
                database.loads().getOrDefault("server-4", 0) + database.loads().getOrDefault("server-5", 0);
        change("count: 3", "count: 4");
        assertThat(database.loads()).hasSize(4).doesNotContainKeys("server-4", "server-5");
        assertThat(world.servers().copiesMade() - before)
                .as("only what stood on the servers that left moved")
                .isEqualTo(onLeaving);
        assertThat(world.list("statefulsets.apps")).hasSize(4);
        assertThat(world.servers().strays()).isEmpty();
        assertThat(world.list("persistentvolumeclaims"))
                .as("kept by the policy")
                .hasSize(6);
    }

    @Test
    void emptiesAServerBeforeItGoesAndRemovesItsVolumeWhereAskedTo() {
        create(SIX.replace("Retain", "Delete"));
        database.apply(Databases.SPEC.replace("count: 3", "count: 5").replace("Retain", "Delete"));
        operator.until("draining", () -> reason(ConditionType.Progressing).equals("DrainingServer"));
        operator.settle(
                "gone",
                () -> database.ready() && world.list("persistentvolumeclaims").size() == 5);
        List<String> steps = world.gate().steps();
        int claim = steps.indexOf("DELETE persistentvolumeclaims/data-db-server-5-0");
        int token = steps.subList(0, claim).lastIndexOf("PUT shardeddatabases/db/status");
        assertThat(steps.subList(token, claim))
                .as("each group's leader proved its membership right before")
                .filteredOn(step -> step.startsWith("SetOpen"))
                .hasSize(3);
        assertThat(steps.subList(claim, steps.size())).contains("DELETE statefulsets/db-server-5");
    }

    @Test
    void usesAKeptVolumeAgain() {
        create(SIX);
        change("count: 3", "count: 5");
        change("count: 3", "count: 6");
        assertThat(database.loads()).hasSize(6);
        assertThat(world.servers().strays()).isEmpty();
    }

    @Test
    void givesCopiesAndTakesThemWithoutMovingOthers() {
        create(SIX);
        int before = world.servers().copiesMade();
        database.apply(SIX.replace("replicas: 3", "replicas: 5"));
        operator.settle("five copies", database::ready);
        assertThat(database.voters().values()).allMatch(voters -> voters.size() == 5);
        assertThat(world.servers().copiesMade() - before).isEqualTo(6);
        assertThat(database.loads().values()).allMatch(load -> load == 2 || load == 3);
        before = world.servers().copiesMade();
        database.apply(SIX);
        operator.settle("three copies", database::ready);
        assertThat(database.voters().values()).allMatch(voters -> voters.size() == 3);
        assertThat(world.servers().copiesMade()).as("no copy had to be made").isEqualTo(before);
        assertThat(database.loads().values()).allMatch(load -> load == 1 || load == 2);
        assertThat(world.servers().strays()).isEmpty();
    }

    @Test
    void saysThatThereAreFewerServersThanCopiesAskedFor() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("replicas: 3", "replicas: 5"));
        operator.until("said", () -> reason(ConditionType.Ready).equals("NotEnoughServers"));
        assertThat(message(ConditionType.Ready)).contains("5 copies are asked for and there are 3 servers");
        assertThat(reason(ConditionType.Withheld)).isEqualTo("NotEnoughServers");
        database.apply(Databases.SPEC.replace("replicas: 3", "replicas: 5").replace("count: 3", "count: 5"));
        operator.settle("enough", database::ready);
        assertThat(database.is(ConditionType.Withheld, false)).isTrue();
    }

    @Test
    void keepsAServerThatTheCopiesNeed() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("count: 3", "count: 2"));
        operator.until("withheld", () -> reason(ConditionType.Withheld).equals("NotEnoughServers"));
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(database.voters().values()).allMatch(voters -> voters.size() == 3);
        database.apply(Databases.SPEC.replace("count: 3", "count: 2").replace("replicas: 3", "replicas: 2"));
        operator.settle(
                "two servers",
                () -> database.ready() && world.list("statefulsets.apps").size() == 2);
    }

    @Test
    void placesShardsOnTheirNamedServers() {
        create(Databases.SPEC.replace(
                "{count: 3}",
                "{count: 4, named: [{name: 'Server[5]', shards: [sh1, sh3]}, {name: Server4, shards: [sh2]}]}"));
        assertThat(database.voters().get("sh1")).contains("Server[5]");
        assertThat(database.voters().get("sh3")).contains("Server[5]");
        assertThat(database.voters().get("sh2")).contains("Server4");
        assertThat(world.get("statefulsets.apps", "db-server-5")).isNotNull();
        database.apply(
                Databases.SPEC.replace("{count: 3}", "{count: 3, named: [{name: Server4, shards: [sh1, sh2]}]}"));
        operator.settle(
                "moved",
                () -> database.ready() && world.list("statefulsets.apps").size() == 3);
        assertThat(database.voters().get("sh1")).contains("Server4").doesNotContain("Server[5]");
        assertThat(database.loads()).doesNotContainKey("Server[5]");
    }

    @Test
    void changesTheTolerance() {
        String five = Databases.SPEC.replace("count: 3", "count: 5").replace("{replicas: 3}", "{replicas: 5}");
        create(five);
        database.apply(five.replace("{replicas: 5}", "{replicas: 5, faultTolerance: 1}"));
        operator.settle(
                "tolerance",
                () -> database.ready()
                        && database.shards().keySet().stream()
                                .allMatch(shard -> world.servers()
                                                .configuration(database.group(shard))
                                                .getFaultTolerance()
                                        == 1));
        database.apply(five);
        operator.settle(
                "majorities",
                () -> database.ready()
                        && database.shards().keySet().stream()
                                .allMatch(shard -> world.servers()
                                                .configuration(database.group(shard))
                                                .getFaultTolerance()
                                        == 0));
    }

    @Test
    void spreadsLeadershipsAgainAfterTheyMoved() {
        create(Databases.SPEC);
        world.servers().freeze("server-1", true);
        world.servers().freeze("server-2", true);
        operator.round();
        world.servers().freeze("server-1", false);
        operator.round();
        world.servers().freeze("server-2", false);
        operator.settle(
                "spread",
                () -> database.ready() && database.leads().equals(Map.of("server-0", 1, "server-1", 1, "server-2", 1)));
    }
}
