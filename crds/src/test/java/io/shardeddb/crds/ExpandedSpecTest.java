package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** Collections and spaces become tables of the shapes that docs/documents.md and docs/key-value.md fix. */
final class ExpandedSpecTest {

    private static ShardedDatabaseSpec spec(String text) {
        return Serialization.unmarshal(
                "---\n{sharding: {strategy: Hash}, shardCount: 4, " + text + "}", ShardedDatabaseSpec.class);
    }

    @Test
    void makesATableOfEachAfterTheOthers() {
        ShardedDatabaseSpec declared = spec("collectionsOnFirstUse: true,"
                + " tables: [{name: t, columns: [{name: a, type: Number}], primaryKey: [a]}],"
                + " collections: [{name: people, indexes: [{name: by_city, path: address.city}]},"
                + " {name: orders, shardKey: customer.id}],"
                + " keyValueSpaces: [{name: sessions}]");

        assertThat(declared.expanded()).isEqualTo(spec("""
                        collectionsOnFirstUse: true,
                        tables: [
                        {name: t, columns: [{name: a, type: Number}], primaryKey: [a]},
                        {name: people, primaryKey: [_id], shardKey: _id,
                         indexes: [{name: by_city, columns: [doc], path: address.city}], columns: [
                          {name: _id, type: VARBINARY(1024), nullable: false},
                          {name: doc, type: JSON, nullable: false}]},
                        {name: orders, primaryKey: [shard, _id], shardKey: shard, shardKeyPath: customer.id, columns: [
                          {name: shard, type: VARBINARY(1024), nullable: false},
                          {name: _id, type: VARBINARY(1024), nullable: false},
                          {name: doc, type: JSON, nullable: false}]},
                        {name: sessions, primaryKey: [k], shardKey: k, columns: [
                          {name: k, type: VARBINARY(1024), nullable: false},
                          {name: v, type: MEDIUMBLOB, nullable: true},
                          {name: type, type: VARCHAR(255), nullable: false},
                          {name: n, type: BIGINT, nullable: true},
                          {name: expires, type: BIGINT, nullable: true}]}]
                        """));
    }

    @Test
    void changesNothingTwice() {
        ShardedDatabaseSpec expanded = spec("collections: [{name: c, shardKey: a, indexes: [{name: i, path: b}]}]")
                .expanded();
        assertThat(expanded.expanded()).isSameAs(expanded);
        assertThat(Serialization.unmarshal(Serialization.asJson(expanded), ShardedDatabaseSpec.class))
                .isEqualTo(expanded);
    }

    @Test
    void aSpecWithoutThemIsWrittenAsBefore() {
        assertThat(Serialization.asJson(spec("tables: []")))
                .doesNotContain("collections")
                .doesNotContain("keyValueSpaces")
                .doesNotContain("shardKeyPath");
    }
}
