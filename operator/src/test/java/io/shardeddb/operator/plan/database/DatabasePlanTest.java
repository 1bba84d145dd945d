package io.shardeddb.operator.plan.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Schemas;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.plan.database.DatabaseStep.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Plans of a database, from observations that are made by hand. */
final class DatabasePlanTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final String SPEC = """
            sharding: {strategy: Range}
            tables: [{name: t, columns: [{name: k, type: BIGINT}], primaryKey: [k]}]
            shards: [{name: sh1, low: 0, size: 10}, {name: sh2, low: 10, size: 10}]
            replication: {replicas: 3}
            servers: {count: 3}
            """;

    private static ShardedDatabase asked(String spec) {
        return Serialization.unmarshal(
                "metadata: {name: shop, namespace: default, uid: 0d4d2b6c-0000-0000-0000-000000000001, generation: 1}\n"
                        + "spec:\n" + spec.indent(2),
                ShardedDatabase.class);
    }

    /** Nothing is there but perhaps a record, and no server answers. */
    private static ObservedDatabase seen(ShardedDatabase asked, @Nullable ConfigMap record) {
        return ObservedDatabase.of(
                asked,
                new Related(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        record == null ? List.of() : List.of(record)),
                new DatabaseObservation(Map.of(), Map.of(), Map.of(), null, new Observed(Map.of())),
                false,
                null);
    }

    private static ConfigMap record(ShardedDatabase database) {
        ConfigMap record = AcceptedRecord.first(database).object(database, null, Instant.EPOCH);
        record.getMetadata().setUid("record");
        record.getMetadata().setResourceVersion("1");
        return record;
    }

    private static List<String> words(DatabasePlan plan) {
        return plan.steps().stream()
                .map(step -> step.getClass().getSimpleName())
                .toList();
    }

    @Test
    void recordsWhatIsAcceptedBeforeAnythingRestsOnIt() {
        DatabasePlan plan = DatabasePlan.of(seen(asked(SPEC), null), DatabaseMemory.NONE, NOW);
        assertThat(plan.violations()).isEmpty();
        assertThat(words(plan))
                .containsExactly(
                        "Accept",
                        "MakeSecret",
                        "MakeObjects",
                        "TellShards",
                        "MarkShards",
                        "MakeShard",
                        "MakeShard",
                        "KeepTimestamps",
                        "ChangeCredential");
        assertThat(plan.steps()).isSortedAccordingTo((one, other) -> one.stage().compareTo(other.stage()));
        assertThat(plan.roster()).containsExactly("server-0", "server-1", "server-2");
        DatabaseStep.Accept accept = (DatabaseStep.Accept) plan.steps().getFirst();
        assertThat(accept.news()).extracting(DatabaseStep.News::reason).contains(Reason.SpecAccepted);
    }

    @Test
    void givesTheShardsNoTablesThatCouldNotBeRecorded() {
        DatabasePlan plan = DatabasePlan.of(seen(asked(SPEC), null), DatabaseMemory.NONE, NOW);
        DatabaseStep.TellShards tell = plan.steps().stream()
                .filter(DatabaseStep.TellShards.class::isInstance)
                .map(DatabaseStep.TellShards.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(tell.recorded().schema()).isNotNull();
        assertThat(tell.otherwise().schema()).isNull();
    }

    @Test
    void isTheSameForTheSameObservationAndMemory() {
        ObservedDatabase seen = seen(asked(SPEC), record(asked(SPEC)));
        DatabasePlan first = DatabasePlan.of(seen, DatabaseMemory.NONE, NOW);
        DatabasePlan second = DatabasePlan.of(seen, DatabaseMemory.NONE, NOW);
        assertThat(second.memory()).isEqualTo(first.memory());
        assertThat(words(second)).isEqualTo(words(first));
        assertThat(second.refusals()).isEqualTo(first.refusals());
        assertThat(DatabaseMemory.NONE.recorded()).isEmpty();
    }

    @Test
    void makesNothingOfWhatWasFoundAsItShallBe() {
        ObservedDatabase seen = seen(asked(SPEC), record(asked(SPEC)));
        DatabasePlan first = DatabasePlan.of(seen, DatabaseMemory.NONE, NOW);
        assertThat(words(first)).contains("Accept", "MakeObjects");
        DatabaseMemory memory = first.memory();
        for (DatabaseStep step : first.steps()) {
            memory = memory.found(step);
        }
        assertThat(words(DatabasePlan.of(seen, memory, NOW))).doesNotContain("Accept", "MakeObjects");
    }

    @Test
    void doesNothingForABadSpecThatNothingWasAcceptedBefore() {
        DatabasePlan plan =
                DatabasePlan.of(seen(asked(SPEC.replace("low: 10", "low: 9")), null), DatabaseMemory.NONE, NOW);
        assertThat(plan.violations()).isNotEmpty();
        assertThat(plan.accepted()).isNull();
        assertThat(words(plan)).containsExactly("TellShards", "ChangeCredential");
    }

    @Test
    void keepsTheLastGoodSpecInForceUnderABadOne() {
        ShardedDatabase bad = asked(SPEC.replace("low: 10", "low: 9").replace("count: 3", "count: 5"));
        DatabasePlan plan = DatabasePlan.of(seen(bad, record(asked(SPEC))), DatabaseMemory.NONE, NOW);
        assertThat(plan.violations()).isNotEmpty();
        assertThat(plan.mayAct()).isTrue();
        assertThat(plan.roster()).hasSize(3);
        assertThat(words(plan)).contains("MakeObjects");
    }

    @Test
    void recordsWhilePausedAndDoesNothingElse() {
        DatabasePlan plan =
                DatabasePlan.of(seen(asked(SPEC + "paused: true\n"), record(asked(SPEC))), DatabaseMemory.NONE, NOW);
        assertThat(plan.mayAct()).isFalse();
        assertThat(plan.arrangement()).isNull();
        assertThat(words(plan)).containsExactly("Accept", "TellShards", "ChangeCredential");
    }

    @Test
    void remembersARecordThatSomebodyEditedOrDeleted() {
        ShardedDatabase asked = asked(SPEC);
        ConfigMap good = record(asked);
        DatabaseMemory memory =
                DatabasePlan.of(seen(asked, good), DatabaseMemory.NONE, NOW).memory();
        ConfigMap edited = record(asked);
        edited.getMetadata().setResourceVersion("2");
        edited.getData().replaceAll((_, _) -> "{}");
        DatabasePlan plan = DatabasePlan.of(seen(asked, edited), memory, NOW);
        assertThat(plan.violations()).isEmpty();
        assertThat(plan.memory().record().accepted()).isEqualTo(memory.record().accepted());
        assertThat(DatabasePlan.of(seen(asked, null), memory, NOW).violations()).isEmpty();
        assertThat(DatabasePlan.of(seen(asked, edited), DatabaseMemory.NONE, NOW)
                        .memory()
                        .record()
                        .accepted())
                .as("an operator that has just started remembers nothing")
                .isNull();
    }

    /** A leader may need the operator to come: for its first start, a server that is gone, or a recovery. */
    @Test
    void bringsServersAndLeadersWhileARecordIsLostForTheirSilenceAlone() {
        ShardedDatabase asked = asked(SPEC);
        DatabasePlan plan = DatabasePlan.of(lost(asked, "sh1", "sh2"), DatabaseMemory.NONE, NOW);
        assertThat(plan.violations()).singleElement().asString().contains("no leader of the shards sh1, sh2 answers");
        assertThat(plan.accepted()).isNull();
        assertThat(words(plan)).containsExactly("MakeSecret", "MakeObjects", "TellShards", "ChangeCredential");
        DatabaseView view = told(plan);
        assertThat(view.paused()).isFalse();
        assertThat(view.schema()).isNull();

        DatabasePlan withoutObject = DatabasePlan.of(lost(asked, "sh1"), DatabaseMemory.NONE, NOW);
        assertThat(withoutObject.violations()).hasSize(2);
        assertThat(told(withoutObject).paused()).isTrue();
        assertThat(words(withoutObject)).containsExactly("TellShards", "ChangeCredential");
    }

    private static DatabaseView told(DatabasePlan plan) {
        return plan.steps().stream()
                .filter(DatabaseStep.TellShards.class::isInstance)
                .map(step -> ((DatabaseStep.TellShards) step).recorded())
                .findFirst()
                .orElseThrow();
    }

    /** A database in force whose record is gone, with objects of these shards, whose servers do not answer. */
    private static ObservedDatabase lost(ShardedDatabase asked, String... names) {
        asked.setStatus(Serialization.unmarshal(
                        "status: {schemaVersion: 1, schemaHash: '" + Schemas.hash(asked.getSpec()) + "'}",
                        ShardedDatabase.class)
                .getStatus());
        List<Shard> shards = Stream.of(names)
                .map(name -> Serialization.unmarshal(
                        "metadata: {name: shop-" + name + ", uid: 0d4d2b6c-0000-0000-0000-000000000009}\n"
                                + "spec: {name: " + name + ", bootstrapMember: m}\nstatus: {schemaVersion: 1}",
                        Shard.class))
                .toList();
        Related related = new Related(List.of(), List.of(), List.of(), List.of(), shards, List.of());
        return ObservedDatabase.of(
                asked,
                related,
                new DatabaseObservation(Map.of(), Map.of(), Map.of(), null, new Observed(Map.of())),
                false,
                null);
    }

    @Test
    void ordersStagesSoThatNothingPrecedesWhatItRestsOn() {
        assertThat(Stage.values()).isSorted();
        assertThat(List.of(Stage.values()).stream().filter(Stage::isAfterRecord))
                .allMatch(stage -> stage.compareTo(Stage.RECORD) > 0);
    }

    /** Its name belonged to an object that was just deleted, and the news of the new one was lost. */
    @Test
    void aShardThatNobodyHasLookedAtIsLookedAtAgain() {
        DatabaseObservation observation = seen(asked(SPEC), null).observation();
        DatabaseView view = new DatabaseView(Map.of(), null, List.of(), false);
        Shard fresh = Serialization.unmarshal(
                "metadata: {name: shop-sh1, uid: u1}\nspec: {name: sh1, servers: []}", Shard.class);
        Shard known = Serialization.unmarshal(
                "metadata: {name: shop-sh2, uid: u2}\nspec: {name: sh2, servers: []}\nstatus: {schemaVersion: 1}",
                Shard.class);
        List<Shard> shards = List.of(fresh, known);
        DatabaseMemory before = DatabaseMemory.NONE.told(observation, shards, view);
        DatabaseMemory after = before.told(observation, shards, view);
        assertThat(after.concerned(before, shards)).containsExactly(fresh);
    }
}
