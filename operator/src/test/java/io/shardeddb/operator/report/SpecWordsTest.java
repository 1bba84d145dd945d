package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabaseSpec;
import org.junit.jupiter.api.Test;

final class SpecWordsTest {

    private static final String SPEC = """
            sharding: {strategy: Range}
            tables: [{name: t, columns: [{name: k, type: Number}], primaryKey: [k]}]
            shards: [{name: sh1, low: 0, size: 10}]
            replication: {replicas: 3}
            servers: {count: 3, mysql: {config: {max-connections: "50"}}}
            """;

    private static ShardedDatabaseSpec spec(String text) {
        return Serialization.unmarshal(text, ShardedDatabaseSpec.class);
    }

    private static String difference(String from, String to) {
        return SpecWords.difference(spec(SPEC), spec(SPEC.replace(from, to)));
    }

    @Test
    void namesEachFieldThatDiffersWithBothValues() {
        assertThat(difference("count: 3", "count: 6")).isEqualTo("servers.count from 3 to 6");
        assertThat(difference("max-connections: \"50\"", "max-connections: \"60\""))
                .isEqualTo("servers.mysql.config.max-connections from 50 to 60");
    }

    @Test
    void tellsMembersOfListsApartByName() {
        assertThat(difference("[{name: sh1,", "[{name: sh0, low: -10, size: 10}, {name: sh1,"))
                .contains("shards[sh0].low -10 is new")
                .doesNotContain("sh1");
    }

    @Test
    void saysNothingOfEqualSpecsAndKnowsTheFirst() {
        assertThat(SpecWords.difference(spec(SPEC), spec(SPEC))).isEmpty();
        assertThat(SpecWords.difference(null, spec(SPEC))).isEqualTo("the first spec");
    }

    @Test
    void endsWithTheNumberOfWhatItLeavesOut() {
        String many = "shards: [{name: a, low: 0, size: 1}, {name: b, low: 1, size: 1}, {name: c, low: 2, size: 1}]";
        assertThat(difference("shards: [{name: sh1, low: 0, size: 10}]", many)).endsWith(" more");
    }
}
