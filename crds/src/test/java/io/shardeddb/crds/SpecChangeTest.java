package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpecChangeTest {

    private static final String BEFORE = """
        tables: [{name: t, columns: [{name: a, type: Number}, {name: b, type: String}], primaryKey: [a]}]
        shards: [{name: s, low: 0, size: 10}]
        servers: {count: 3, storage: {size: 1Gi}}
        """;

    private static List<String> refusals(String before, String after) {
        return SpecChange.check(
                        Serialization.unmarshal(before, ShardedDatabaseSpec.class),
                        Serialization.unmarshal(after, ShardedDatabaseSpec.class))
                .stream()
                .map(SpecValidation.Violation::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "size: 10}          | size: 20}              | spec.shards[0]: the interval of s cannot change",
                "low: 0             | low: 5                 | spec.shards[0]: the interval of s cannot change",
                "name: t,           | name: u,               | spec.tables: table t is missing",
                "primaryKey: [a]    | primaryKey: [a, b]     | spec.tables[0].primaryKey: cannot change from [a]",
                "type: String       | type: Number           | spec.tables[0].columns[1]: b String cannot be dropped",
                "name: a            | name: z                | spec.tables[0].columns[0]: a Number cannot be dropped",
                "size: 1Gi          | size: 2Gi              | spec.servers.storage.size: cannot change from 1Gi",
                "{size: 1Gi}        | {size: 1Gi, storageClassName: x} | spec.servers.storage.storageClassName: cannot",
            })
    void refusesWhatRowsOrVolumesRestOn(String what, String instead, String message) {
        assertThat(refusals(BEFORE, BEFORE.replace(what.strip(), instead.strip())))
                .anySatisfy(refusal -> assertThat(refusal).startsWith(message.strip()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "count: 3           | count: 5",
                "type: String}]     | type: String}, {name: c, type: JSON}]",
                "size: 10}]         | size: 10}, {name: r, low: 10, size: 5}]",
                "[{name: s, low: 0, size: 10}] | []",
                "servers: {count: 3, | servers: {count: 1,",
            })
    void acceptsWhatAddsOrScales(String what, String instead) {
        assertThat(refusals(BEFORE, BEFORE.replace(what.strip(), instead.strip())))
                .isEmpty();
    }

    @Test
    void refusesANewColumnThatMayNotBeNull() {
        assertThat(refusals(
                        BEFORE,
                        BEFORE.replace("type: String}]", "type: String}, {name: c, type: JSON, nullable: false}]")))
                .singleElement()
                .asString()
                .startsWith("spec.tables[0].columns[2].nullable: a new column must be nullable");
    }

    /** Old spec and what of its table may have been defined, the new tables, and what is refused of them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | [] |",
                "0 | [{name: t, columns: [{name: b, type: Number, nullable: false}], primaryKey: [b]}] |",
                "1 | []                                                                              | spec.tables:"
                        + " table t is missing",
                "1 | [{name: t, columns: [{name: a, type: Number}], primaryKey: [a]}] |",
                "1 | [{name: t, columns: [{name: a, type: Number}, {name: b, type: TEXT}], primaryKey: [a]}] |",
                "1 | [{name: t, columns: [{name: a, type: TEXT}], primaryKey: [a]}]                  |"
                        + " spec.tables[0].columns[0]: a Number",
                "1 | [{name: t, columns: [{name: a, type: Number}, {name: c, type: TEXT, nullable: false}],"
                        + " primaryKey: [a]}] | spec.tables[0].columns[1].nullable",
                "2 | [{name: t, columns: [{name: a, type: Number}], primaryKey: [a]}]                |"
                        + " spec.tables[0].columns[1]: b String",
            })
    void bindsOnlyWhatMayHaveBeenDefined(int definable, String tables, @Nullable String refusal) {
        ShardedDatabaseSpec after = Serialization.unmarshal(
                "tables: " + tables + BEFORE.substring(BEFORE.indexOf("\nshards")), ShardedDatabaseSpec.class);
        List<SpecValidation.Violation> refusals =
                SpecChange.check(Serialization.unmarshal(BEFORE, ShardedDatabaseSpec.class), after, table -> definable);
        if (refusal == null) {
            assertThat(refusals).isEmpty();
        } else {
            assertThat(refusals).singleElement().asString().startsWith(refusal);
        }
    }

    @Test
    void refusesAnotherStrategyOrCountOnceThereAreShards() {
        assertThat(refusals("sharding: {strategy: Hash}\nshardCount: 4", "sharding: {strategy: Hash}\nshardCount: 8"))
                .containsExactly("spec.shardCount: cannot change from 4: the rows would have to move");
        assertThat(refusals("sharding: {strategy: Hash}\nshardCount: 4", "sharding: {strategy: Range}"))
                .anySatisfy(
                        refusal -> assertThat(refusal).startsWith("spec.sharding.strategy: cannot change from Hash"));
        assertThat(refusals("sharding: {strategy: Hash}", "sharding: {strategy: Range}"))
                .isEmpty();
    }
}
