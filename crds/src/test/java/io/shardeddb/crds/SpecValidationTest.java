package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecValidationTest {

    private static ShardedDatabaseSpec spec(String yaml) {
        // A text that begins with a brace would be read as JSON.
        return Serialization.unmarshal(yaml.startsWith("{") ? "---\n" + yaml : yaml, ShardedDatabaseSpec.class);
    }

    private static String onlyViolation(String yaml) {
        return assertThat(SpecValidation.check(spec(yaml)))
                .singleElement()
                .actual()
                .toString();
    }

    @Test
    void acceptsAnEmptyDatabaseThatIsFilledLater() {
        ShardedDatabaseSpec empty = spec("paused: false");
        assertThat(SpecValidation.check(empty)).isEmpty();
        assertThat(empty.replication().replicas()).isEqualTo(3);
        assertThat(empty.deletionPolicy()).isEqualTo(DeletionPolicy.Retain);
    }

    @Test
    void refusesOverlappingShardsAndNamesBoth() {
        assertThat(onlyViolation("shards: [{name: a, low: 0, size: 10}, {name: b, low: 9, size: 5}]"))
                .isEqualTo("spec.shards[1]: b [9, 14) overlaps a [0, 10)");
    }

    @Test
    void acceptsGapsBetweenShards() {
        assertThat(SpecValidation.check(spec("shards: [{name: a, low: 0, size: 10}, {name: b, low: 90, size: 5}]")))
                .isEmpty();
    }

    @Test
    void refusesAShardKeyOutsideThePrimaryKey() {
        assertThat(onlyViolation("tables: [{name: t, columns: [{name: a, type: Number}, {name: b, type: Number}],"
                        + " primaryKey: [a], shardKey: b}]"))
                .startsWith("spec.tables[0].shardKey: b is not a column of the primary key [a]");
    }

    @Test
    void refusesAnUnknownKeyColumn() {
        assertThat(onlyViolation("tables: [{name: t, columns: [{name: a, type: Number}], primaryKey: [a, z]}]"))
                .isEqualTo("spec.tables[0].primaryKey[1]: there is no column z; the columns are [a]");
    }

    @Test
    void refusesMoreCopiesThanASetOfVotersHolds() {
        assertThat(SpecValidation.check(spec("replication: {replicas: 63, faultTolerance: 31}")))
                .isEmpty();
        assertThat(onlyViolation("replication: {replicas: 64}"))
                .isEqualTo("spec.replication.replicas: must be 1 to 63, is 64");
        assertThat(onlyViolation("shards: [{name: a, low: 0, size: 10, replicas: 64}]"))
                .isEqualTo("spec.shards[0].replicas: must be 1 to 63, is 64");
        assertThat(onlyViolation("shards: [{name: a, low: 0, size: 10, replicas: 0}]"))
                .isEqualTo("spec.shards[0].replicas: must be 1 to 63, is 0");
        assertThat(SpecValidation.check(spec(named(63)))).isEmpty();
        assertThat(onlyViolation(named(64)))
                .isEqualTo("spec.servers.named: shard a is on 64 of these servers; at most 63 copies are possible");
    }

    private static String named(int servers) {
        String list = IntStream.range(0, servers)
                .mapToObj(i -> "{name: s" + i + ", shards: [a]}")
                .collect(Collectors.joining(", "));
        return "shards: [{name: a, low: 0, size: 10}]\nservers: {count: " + servers + ", named: [" + list + "]}";
    }

    @Test
    void refusesMoreToleranceThanTheCopiesGive() {
        assertThat(onlyViolation("replication: {replicas: 3, faultTolerance: 2}"))
                .startsWith("spec.replication.faultTolerance: must be 1 to (replicas - 1) / 2 = 1");
    }

    @Test
    void refusesOptionsThatDurabilityRestsOn() {
        assertThat(onlyViolation("servers: {mysql: {config: {innodb_doublewrite: 'OFF'}}}"))
                .startsWith("spec.servers.mysql.config.innodb_doublewrite");
    }

    @ParameterizedTest
    @ValueSource(strings = {"innodb_page_size", "innodb-strict-mode", "InnoDB_default_row_format"})
    void refusesOptionsThatTheSizeOfRowsRestsOn(String option) {
        assertThat(onlyViolation("servers: {mysql: {config: {" + option + ": '1'}}}"))
                .startsWith("spec.servers.mysql.config." + option + ": is set by the operator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"79", "1", "-1", "many", ""})
    void refusesTooFewConnections(String number) {
        assertThat(onlyViolation("servers: {mysql: {config: {max_connections: '" + number + "'}}}"))
                .startsWith("spec.servers.mysql.config.max_connections: is '" + number
                        + "'; must be a number of at least 80");
    }

    @Test
    void acceptsEnoughConnections() {
        assertThat(SpecValidation.check(spec("servers: {mysql: {config: {max-connections: '80'}}}")))
                .isEmpty();
    }

    @Test
    void refusesAServerWithAShardThatDoesNotExist() {
        assertThat(onlyViolation("servers: {count: 1, named: [{name: S, shards: [sh9]}]}"))
                .isEqualTo("spec.servers.named[0].shards[0]: there is no shard sh9");
    }

    @Test
    void countsNamedServers() {
        assertThat(onlyViolation("servers: {count: 1, named: [{name: A}, {name: B}]}"))
                .startsWith("spec.servers.count: is 1, but 2 servers are named");
    }

    @Test
    void refusesShardsWithHash() {
        assertThat(onlyViolation("sharding: {strategy: Hash}\nshards: [{name: a, low: 0, size: 10}]"))
                .isEqualTo("spec.shards: with strategy Hash give shardCount, not shards");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "collections: [{name: c}, {name: C}] | spec.collections[1].name: there is another table, collection",
                "{collections: [{name: c}], keyValueSpaces: [{name: c}]} | spec.keyValueSpaces[0].name: there is",
                "collections: [{name: _ShardedDB_x}] | spec.collections[0].name: '_ShardedDB_x' cannot be a name",
                "collections: [{name: 1}] | spec.collections[0].name: '1' cannot be a name",
                "collections: [{name: ''}] | spec.collections[0].name: '' cannot be a name",
                "collections: [{shardKey: a}] | spec.collections[0].name: 'null' cannot be a name",
                "keyValueSpaces: [{name: a-b}] | spec.keyValueSpaces[0].name: 'a-b' cannot be a name",
                "collections: [{name: c, shardKey: ''}] | spec.collections[0].shardKey: '' is no path",
                "collections: [{name: c, shardKey: a..b}] | spec.collections[0].shardKey: 'a..b' is no path",
                "collections: [{name: c, shardKey: a.}] | spec.collections[0].shardKey: 'a.' is no path",
                "collections: [{name: c, shardKey: a.$b}] | spec.collections[0].shardKey: 'a.$b' is no path",
                "collections: [{name: c, shardKey: _id}] | spec.collections[0].shardKey: leave it out",
                "collections: [{name: c, indexes: [{name: i, path: a}, {name: I, path: b}]}]"
                        + " | spec.collections[0].indexes[1].name: there is another index I",
                "collections: [{name: c, indexes: [{name: i, path: tags.0}]}]"
                        + " | spec.collections[0].indexes[0].path: 'tags.0' cannot have an index",
                "collections: [{name: c, indexes: [{name: i, path: 7.a}]}]"
                        + " | spec.collections[0].indexes[0].path: '7.a' cannot have an index",
                "collections: [{name: c, indexes: [{name: i, path: \"a'b\"}]}]"
                        + " | spec.collections[0].indexes[0].path: 'a'b' cannot have an index",
                "collections: [{name: c, indexes: [{name: i}]}] | spec.collections[0].indexes[0].path: 'null' cannot",
                "tables: [{name: t, columns: [{name: a, type: JSON}], primaryKey: [a],"
                        + " indexes: [{name: i, columns: [a], path: x}]}]"
                        + " | spec.tables[0].indexes[0].path: is no field of a table's index",
                "tables: [{name: t, columns: [{name: a, type: Number}], primaryKey: [a], shardKeyPath: x}]"
                        + " | spec.tables[0].shardKeyPath: is no field of a table",
            })
    void refusesWhatIsNoCollectionOrSpace(String part, String message) {
        String fields = part.startsWith("{") ? part.substring(1, part.length() - 1) : part;
        assertThat(onlyViolation("{sharding: {strategy: Hash}, shardCount: 4, " + fields + "}"))
                .startsWith(message);
    }

    @Test
    void refusesACollectionWithTheNameOfATable() {
        assertThat(onlyViolation("{sharding: {strategy: Hash}, collections: [{name: T}],"
                        + " tables: [{name: t, columns: [{name: a, type: Number}], primaryKey: [a]}]}"))
                .startsWith("spec.collections[0].name: there is another table, collection or key-value space T");
    }

    @Test
    void collectionsAndSpacesNeedHash() {
        assertThat(SpecValidation.check(spec("{collections: [{name: c}], keyValueSpaces: [{name: k}]}")))
                .extracting(SpecValidation.Violation::field)
                .containsExactly("spec.collections", "spec.keyValueSpaces");
    }

    @Test
    void tablesCollectionsAndSpacesAreBoundedTogether() {
        assertThat(SpecValidation.check(spec(many(127)))).isEmpty();
        assertThat(onlyViolation(many(128)))
                .isEqualTo("spec.collections: tables, collections and key-value spaces are 129 together; at most 128"
                        + " are possible");
    }

    private static String many(int collections) {
        return "{sharding: {strategy: Hash}, keyValueSpaces: [{name: k}], collections: ["
                + IntStream.range(0, collections)
                        .mapToObj(i -> "{name: c" + i + "}")
                        .collect(Collectors.joining(", "))
                + "]}";
    }

    @Test
    void aLongNameIsOneOfASpaceOnly() {
        String name = "n".repeat(57);
        assertThat(onlyViolation("{sharding: {strategy: Hash}, collections: [{name: " + name + "}]}"))
                .contains("56 characters at most");
        assertThat(SpecValidation.check(spec("{sharding: {strategy: Hash}, keyValueSpaces: [{name: " + name + "}]}")))
                .isEmpty();
    }
}
