package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
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
    void refusesAnotherStrategyOrCountOnceThereAreShards() {
        assertThat(refusals("sharding: {strategy: Hash}\nshardCount: 4", "sharding: {strategy: Hash}\nshardCount: 8"))
                .containsExactly("spec.shardCount: cannot change from 4: the rows would have to move");
        assertThat(refusals("sharding: {strategy: Hash}\nshardCount: 4", "sharding: {strategy: Range}"))
                .anySatisfy(
                        refusal -> assertThat(refusal).startsWith("spec.sharding.strategy: cannot change from Hash"));
        assertThat(refusals("sharding: {strategy: Hash}", "sharding: {strategy: Range}"))
                .isEmpty();
    }

    private static String hash(String collections) {
        return "sharding: {strategy: Hash}\nshardCount: 4\n" + collections;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "collections: [{name: c, shardKey: a.b}] | collections: [{name: c, shardKey: a.c}] | 'a.b' to 'a.c'",
                "collections: [{name: c, shardKey: a.b}] | collections: [{name: c}] | 'a.b' to none",
                "collections: [{name: c}] | collections: [{name: c, shardKey: a.b}] | none to 'a.b'",
            })
    void refusesAnotherPathOfACollection(String before, String after, String change) {
        assertThat(refusals(hash(before), hash(after)))
                .containsExactly("spec.collections[0].shardKey: the shard key of the documents of c cannot change from "
                        + change + ": documents are placed by it");
    }

    @Test
    void comparesAnExpandedSpecWithOneThatIsNot() {
        ShardedDatabaseSpec spec = Serialization.unmarshal(
                hash("collections: [{name: c, shardKey: a.b}, {name: d}]"), ShardedDatabaseSpec.class);
        assertThat(SpecChange.check(spec.expanded(), spec)).isEmpty();
        assertThat(SpecChange.check(spec, spec.expanded())).isEmpty();
        assertThat(SpecChange.checkPaths(
                        spec.expanded().tables(),
                        Serialization.unmarshal(
                                hash("collections: [{name: d, shardKey: x}]"), ShardedDatabaseSpec.class)))
                .singleElement()
                .asString()
                .contains("of d cannot change from none to 'x'");
    }
}
