package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A database comes to life, loses things, and gets them back. */
final class LifeTest extends WorldTest {

    private static final List<String> ALL = List.of("server-0", "server-1", "server-2");

    @Test
    void createsServersShardsAndRouterAndThenWritesNothing() {
        create(Databases.SPEC);
        assertThat(database.voters().values()).allMatch(ALL::equals);
        assertThat(database.leads()).isEqualTo(Map.of("server-0", 1, "server-1", 1, "server-2", 1));
        assertThat(world.servers().copiesMade()).isEqualTo(6);
        assertThat(database.is(ConditionType.DataSafe, true)).isTrue();
        assertThat(database.is(ConditionType.Degraded, false)).isTrue();
        assertThat(database.is(ConditionType.Withheld, false)).isTrue();
        assertThat(events())
                .as("each decision is an event")
                .contains(
                        "ShardedDatabase ServerCreated",
                        "ShardedDatabase ShardPlaced",
                        "Shard MemberMade",
                        "Shard ShardBootstrapped",
                        "Shard MembershipChanged",
                        "Shard ShardOpened",
                        "ShardedDatabase AllReady")
                .noneMatch(event -> event.endsWith("Lost") || event.endsWith("Degraded"));
        int writes = world.writes();
        for (int i = 0; i < 20; i++) {
            operator.round();
        }
        assertThat(world.writes()).as("writes of twenty idle rounds").isEqualTo(writes);
        operator.rebirth(Integer.MAX_VALUE);
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(world.writes()).as("writes of a restarted operator").isEqualTo(writes);
    }

    private Set<String> events() {
        return world.admin().v1().events().list().getItems().stream()
                .map(event -> event.getInvolvedObject().getKind() + " " + event.getReason())
                .collect(Collectors.toSet());
    }

    @Test
    void waitsForASilentServerAndReplacesNothing() {
        create(Databases.SPEC);
        world.servers().freeze("server-1", true);
        operator.until("degraded", () -> database.is(ConditionType.Degraded, true));
        assertThat(reason(ConditionType.Degraded)).isEqualTo("MissingCopies");
        assertThat(database.is(ConditionType.DataSafe, true)).isTrue();
        assertThat(database.voters().values()).allMatch(ALL::equals);
        world.servers().freeze("server-1", false);
        operator.settle("back", database::ready);
        assertThat(world.servers().copiesMade()).isEqualTo(6);
    }

    @Test
    void replacesTheMembersOfALostVolume() {
        create(Databases.SPEC);
        Map<String, List<ShardReplicaSpec>> before = new HashMap<>();
        database.shards()
                .forEach((name, shard) -> before.put(name, shard.getSpec().replicas()));
        world.servers().wipe("server-2");
        operator.settle("replaced", database::ready);
        assertThat(database.voters().values()).allMatch(ALL::equals);
        assertThat(world.servers().copiesMade())
                .as("three new copies and no more")
                .isEqualTo(9);
        database.shards()
                .forEach((name, shard) ->
                        assertThat(shard.getSpec().replicas()).hasSize(3).isNotEqualTo(before.get(name)));
        assertThat(world.servers().strays()).isEmpty();
    }

    @Test
    void startsAPodAgainThatWasDeletedByHand() {
        create(Databases.SPEC);
        world.admin().pods().withName("db-server-0-0").delete();
        operator.settle("back", database::ready);
        assertThat(world.servers().copiesMade()).isEqualTo(6);
        operator.settle("balanced", () -> database.leads().equals(Map.of("server-0", 1, "server-1", 1, "server-2", 1)));
    }

    @Test
    void changesNoMembershipWithoutAQuorumAndSaysSo() {
        create(Databases.SPEC);
        world.servers().freeze("server-1", true);
        world.servers().wipe("server-2");
        operator.until(
                "no quorum",
                () -> database.is(ConditionType.Degraded, true)
                        && reason(ConditionType.Degraded).equals("QuorumLost"));
        int steps = world.gate().steps().size();
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(world.gate().steps().subList(steps, world.gate().steps().size()))
                .as("no control call but for making members")
                .noneMatch(step -> step.startsWith("ChangeMembership") || step.startsWith("Bootstrap"));
        assertThat(database.is(ConditionType.DataSafe, false)).isTrue();
        assertThat(database.is(ConditionType.Ready, false)).isTrue();
        world.servers().freeze("server-1", false);
        operator.settle("replaced", database::ready);
        assertThat(database.voters().values()).allMatch(ALL::equals);
    }

    /** Asks for every shard to go on from its copy on a server, as its status shows it. */
    private void askToRecoverFrom(String server) {
        database.shards()
                .values()
                .forEach(shard -> world.admin()
                        .resources(Shard.class)
                        .withName(shard.getMetadata().getName())
                        .edit(found -> {
                            Map<String, String> annotations = new HashMap<>(Objects.requireNonNullElse(
                                    found.getMetadata().getAnnotations(), Map.of()));
                            found.getStatus().replicas().stream()
                                    .filter(replica -> replica.server().equals(server) && replica.logEnd() != null)
                                    .forEach(replica -> annotations.put(
                                            ApiNames.RECOVER_FROM_ANNOTATION,
                                            server + "/" + replica.memberId() + "/" + replica.logEnd()));
                            found.getMetadata().setAnnotations(annotations);
                            return found;
                        }));
    }

    private boolean allUnavailable() {
        return database.shards().values().stream()
                .allMatch(shard -> shard.getStatus().phase() == ShardPhase.Unavailable);
    }

    @Test
    void goesOnFromOneSurvivorWhenAPersonSaysSoAndMakesNewCopies() {
        create(Databases.SPEC);
        world.servers().wipe("server-1");
        world.servers().wipe("server-2");
        operator.until("no quorum", this::allUnavailable);
        askToRecoverFrom("server-0");
        operator.settle("recovered", database::ready);
        assertThat(database.voters().values()).allMatch(ALL::equals);
        assertThat(world.gate().steps())
                .filteredOn(step -> step.startsWith("Recover"))
                .hasSize(3);
        assertThat(world.admin().v1().events().list().getItems())
                .filteredOn(event -> "QuorumRecovered".equals(event.getReason()))
                .hasSize(3)
                .allMatch(event -> event.getMessage().contains("what only server-1, server-2 had is lost"));
        assertThat(world.servers().strays()).isEmpty();
        world.servers().wipe("server-0");
        operator.settle("what was asked for once is not done again", database::ready);
        assertThat(world.gate().steps())
                .filteredOn(step -> step.startsWith("Recover"))
                .hasSize(3);
    }

    @Test
    void recoversNothingWhileAMemberIsOnlySilentOrAQuorumAnswers() {
        create(Databases.SPEC);
        world.servers().freeze("server-1", true);
        world.servers().wipe("server-2");
        operator.until("no quorum", this::allUnavailable);
        askToRecoverFrom("server-0");
        operator.until("refused", () -> reason(ConditionType.Withheld).equals("RecoveryRefused"));
        assertThat(message(ConditionType.Withheld))
                .contains("server server-1 does not answer and may come back")
                .contains("delete its pod and its claim");
        world.servers().freeze("server-1", false);
        operator.settle("back", database::ready);
        assertThat(database.is(ConditionType.Withheld, false)).isTrue();
        assertThat(world.gate().steps()).noneMatch(step -> step.startsWith("Recover"));
    }

    @Test
    void neverStartsAGroupAgainWhoseOnlyCopyIsLost() {
        create(Databases.SPEC.replace("replicas: 3", "replicas: 1"));
        assertThat(reason(ConditionType.DataSafe)).isEqualTo("SingleCopy");
        String server = database.voters().getOrDefault("sh1", List.of()).getFirst();
        world.servers().mayLoseAll();
        world.servers().wipe(server);
        operator.until("withheld", () -> database.is(ConditionType.Withheld, true));
        assertThat(reason(ConditionType.Withheld)).isEqualTo("LastCopy");
        assertThat(database.shard("sh1").getStatus().phase()).isNotEqualTo(ShardPhase.Ready);
        assertThat(world.servers().violations()).noneMatch(violation -> violation.contains("second time"));
    }

    @Test
    void goesOnWithTheGroupOfAShardWhoseResourceWasDeleted() {
        create(Databases.SPEC);
        String group = database.shard("sh2").groupUid();
        world.admin().resource(database.shard("sh2")).delete();
        operator.settle("ready again", () -> database.shards().containsKey("sh2") && database.ready());
        assertThat(database.shard("sh2").groupUid()).isEqualTo(group);
        assertThat(world.servers().copiesMade()).isEqualTo(6);
    }

    @Test
    void doesNothingWhilePaused() {
        create(Databases.SPEC);
        database.apply(Databases.SPEC.replace("count: 3", "count: 5") + "paused: true\n");
        operator.until("paused", () -> reason(ConditionType.Progressing).equals("Paused"));
        int steps = world.gate().steps().size();
        world.servers().wipe("server-2");
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(world.gate().steps().subList(steps, world.gate().steps().size()))
                .allMatch(step -> step.endsWith("/status"));
        assertThat(database.is(ConditionType.Degraded, true)).isTrue();
        change("count: 3", "count: 5");
        assertThat(database.get().getStatus().readyServers()).isEqualTo(5);
    }
}
