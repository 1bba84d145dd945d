package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.catalog.Catalog;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody writes into the ConfigMap of what was accepted is put right or told, and never served as the truth. */
final class RecordEditsTest extends WorldTest {

    private static final String RECORD = "accepted.json";
    private static final String ANOTHER_GROUP = "00000000-1111-2222-3333-444444444444";

    private ConfigMap map() {
        return world.admin().configMaps().withName(Catalog.objectName("db")).get();
    }

    private String data(String key) {
        return Objects.requireNonNull(map().getData().get(key));
    }

    private Catalog catalog() {
        return Serialization.unmarshal(data(Catalog.KEY), Catalog.class);
    }

    private void edit(String key, UnaryOperator<String> change) {
        ConfigMap edited = map();
        String before = Objects.requireNonNull(edited.getData().get(key));
        String after = change.apply(before);
        assertThat(after).isNotEqualTo(before);
        edited.getData().put(key, after);
        world.admin().resource(edited).update();
    }

    private void pause() {
        database.apply(Databases.SPEC + "paused: true\n");
        operator.until("paused", () -> reason(ConditionType.Progressing).equals("Paused"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRevisionThatNobodyCountsUpToIsReplaced(boolean paused) {
        create(Databases.SPEC);
        long revision = catalog().revision();
        if (paused) {
            pause();
        }
        edit(Catalog.KEY, text -> text.replaceAll("\"revision\":\\d+", "\"revision\":" + Long.MAX_VALUE));
        operator.until("put right", () -> catalog().revision() != Long.MAX_VALUE);
        assertThat(catalog().revision()).isGreaterThan(revision).isLessThan(revision + 10_000_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEditedRecordIsWrittenAgainFromMemory(boolean paused) {
        create(Databases.SPEC);
        if (paused) {
            pause();
        }
        String before = data(RECORD);
        String catalog = data(Catalog.KEY);
        edit(RECORD, text -> text.replace(database.shard("sh2").groupUid(), ANOTHER_GROUP));
        operator.until("put right", () -> data(RECORD).equals(before));
        assertThat(data(Catalog.KEY)).isEqualTo(catalog);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "ANOTHER_GROUP", "\"schemaVersion\":9223372036854775807"})
    void anOperatorThatHasJustStartedTakesAnEditedRecordForALostOne(String edit) {
        create(Databases.SPEC);
        Catalog before = catalog();
        operator.rebirth(Integer.MAX_VALUE);
        edit(RECORD, text -> switch (edit) {
            case "{" -> "{";
            case "ANOTHER_GROUP" -> text.replace(database.shard("sh2").groupUid(), ANOTHER_GROUP);
            default -> text.replaceAll("\"schemaVersion\":\\d+", edit);
        });
        operator.settle("recorded anew", () -> database.ready() && !data(RECORD).contains(ANOTHER_GROUP));
        assertThat(catalog().shards()).isEqualTo(before.shards());
        assertThat(catalog().tables()).isEqualTo(before.tables());
        assertThat(data(RECORD)).contains(database.shard("sh2").groupUid());
    }

    @Test
    void aKeptRecordThatWasEditedBeginsNothing() {
        create(Databases.SPEC);
        world.servers().mayLoseAll();
        database.delete();
        operator.until("gone", () -> database.find() == null);
        edit(RECORD, text -> text.replaceAll("\"uid\":\"[^\"]*\"", "\"uid\":\"" + ANOTHER_GROUP + "\""));
        database.apply(Databases.SPEC);
        operator.until("refused", () -> reason(ConditionType.Ready).equals("InvalidSpec"));
        assertThat(message(ConditionType.Ready)).contains("was edited by hand");
        assertThat(database.shards()).isEmpty();
    }

    @Test
    void shardsOverTheSamePositionsAreTold() {
        create(Databases.SPEC);
        operator.rebirth(Integer.MAX_VALUE);
        ConfigMap old = map();
        // As an earlier operator wrote it: without a hash.
        old.getMetadata().setAnnotations(Map.of());
        old.getData()
                .compute(
                        RECORD,
                        (_, text) ->
                                Objects.requireNonNull(text).replace("\"from\":10,\"to\":20", "\"from\":5,\"to\":20"));
        world.admin().resource(old).update();
        operator.until("told", () -> reason(ConditionType.Withheld).equals("OverlappingShards"));
        assertThat(message(ConditionType.Withheld))
                .contains("sh1")
                .contains("sh2")
                .contains("at epoch 1");
    }
}
