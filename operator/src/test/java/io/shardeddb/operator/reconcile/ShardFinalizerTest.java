package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Shard object does not go with the last knowledge of its group, and holds nothing else up. */
final class ShardFinalizerTest extends WorldTest {

    private boolean isMarked(String shard) {
        return database.shard(shard).getMetadata().getFinalizers().contains(ApiNames.SHARD_FINALIZER);
    }

    private void deleteShard(String shard) {
        world.admin().resource(database.shard(shard)).delete();
    }

    private boolean told(String reason, String words) {
        return world.admin().v1().events().list().getItems().stream()
                .anyMatch(event ->
                        event.getReason().equals(reason) && event.getMessage().contains(words));
    }

    /** As {@code kubectl patch} does it: the list as a whole is replaced. */
    private void columns(String first, String second) {
        world.admin()
                .resources(ShardedDatabase.class)
                .withName("db")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec": {"tables": [{"name": "t", "primaryKey": ["k"], "columns": [%s, %s]}]}}
                        """.formatted(column(first), column(second)));
    }

    private static String column(String name) {
        return "{\"name\": \"" + name + "\", \"type\": \"" + (name.equals("k") ? "Number" : "String") + "\"}";
    }

    private void noObjectOfTheDatabaseIsLeft() {
        operator.until(
                "nothing is left",
                () -> world.list("shards.shardeddb.io").isEmpty()
                        && world.list("shardeddatabases.shardeddb.io").isEmpty());
    }

    @Test
    void everyShardCarriesItAlsoOneOfAnEarlierOperator() {
        create(Databases.SPEC);
        assertThat(database.shards().keySet()).allMatch(this::isMarked);
        Shard shard = database.shard("sh2");
        shard.getMetadata().setFinalizers(List.of());
        world.admin().resource(shard).update();
        operator.settle("marked again", () -> isMarked("sh2") && database.ready());
    }

    @Test
    void aDeletedShardIsToldOfAndPutBackWithItsGroup() {
        create(Databases.SPEC);
        Shard before = database.shard("sh2");
        deleteShard("sh2");
        assertThat(database.shard("sh2").getMetadata().getDeletionTimestamp())
                .as("it waits for the operator")
                .isNotNull();
        operator.settle(
                "put back",
                () -> database.shards().containsKey("sh2")
                        && database.shard("sh2").getMetadata().getDeletionTimestamp() == null
                        && database.ready());
        assertThat(database.shard("sh2").groupUid()).isEqualTo(before.groupUid());
        assertThat(database.shard("sh2").getSpec().interval())
                .isEqualTo(before.getSpec().interval());
        assertThat(told("ShardDeleted", "sh2")).isTrue();
        assertThat(isMarked("sh2")).isTrue();
    }

    @Test
    void aShardThatNothingElseKnowsStaysUntilItIsRecorded() {
        create(Databases.SPEC);
        String uid = database.shard("sh2").getMetadata().getUid();
        String group = database.shard("sh2").groupUid();
        operator.rebirth(Integer.MAX_VALUE);
        world.admin().configMaps().withName(Catalog.objectName("db")).delete();
        columns("v", "k");
        deleteShard("sh2");
        operator.until("told", () -> reason(ConditionType.Withheld).equals("LastKnowledge"));
        assertThat(message(ConditionType.Withheld)).contains("sh2").contains("put the ConfigMap back");
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(database.shard("sh2").getMetadata().getUid()).isEqualTo(uid);
        columns("k", "v");
        operator.settle(
                "put back",
                () -> database.shards().containsKey("sh2")
                        && !database.shard("sh2").getMetadata().getUid().equals(uid)
                        && database.ready());
        assertThat(database.shard("sh2").groupUid()).isEqualTo(group);
    }

    @ParameterizedTest
    @EnumSource(
            value = DeletionPropagation.class,
            names = {"BACKGROUND", "FOREGROUND"})
    void goesWithItsDatabase(DeletionPropagation how) {
        create(Databases.SPEC.replace("Retain", "Delete"));
        world.servers().mayLoseAll();
        world.admin()
                .resources(ShardedDatabase.class)
                .withName("db")
                .withPropagationPolicy(how)
                .delete();
        noObjectOfTheDatabaseIsLeft();
    }

    @Test
    void goesWithADatabaseThatWentWhileNoOperatorRan() {
        create(Databases.SPEC);
        world.servers().mayLoseAll();
        ShardedDatabase object = database.get();
        object.getMetadata().setFinalizers(List.of());
        world.admin().resource(object).update();
        database.delete();
        operator.rebirth(Integer.MAX_VALUE);
        noObjectOfTheDatabaseIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void goesWithItsNamespace(First first) {
        create(Databases.SPEC.replace("Retain", "Delete"));
        world.servers().mayLoseAll();
        switch (first) {
            case SHARD -> deleteShard("sh1");
            case RECORD ->
                world.admin().configMaps().withName(Catalog.objectName("db")).delete();
            case DATABASE -> database.delete();
        }
        world.admin().namespaces().withName("default").delete();
        operator.rebirth(Integer.MAX_VALUE);
        noObjectOfTheDatabaseIsLeft();
        operator.until(
                "the namespace is gone",
                () -> world.admin().namespaces().withName("default").get() == null);
    }

    /** What goes first. */
    enum First {
        SHARD,
        RECORD,
        DATABASE
    }

    @Test
    void aShardThatNeverBeganGoesAndIsMadeAnew() {
        database.apply(Databases.SPEC);
        operator.until("made", () -> database.shards().containsKey("sh3"));
        Shard before = database.shard("sh3");
        assertThat(before.getSpec().bootstrapMember()).isNull();
        deleteShard("sh3");
        operator.settle("ready", database::ready);
        assertThat(database.shard("sh3").getMetadata().getUid())
                .isNotEqualTo(Objects.requireNonNull(before.getMetadata().getUid()));
    }
}
