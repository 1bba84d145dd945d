package io.shardeddb.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.topology.Tables;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the operator makes of collections and spaces is what the router takes for them. */
class TableShapesTest {

    private static List<TableDefinition> tables(String yaml) {
        ShardedDatabaseSpec spec = Serialization.unmarshal(yaml, ShardedDatabaseSpec.class);
        return spec.expanded().tables().stream().map(Tables::definition).toList();
    }

    @Test
    void knowsWhatTheOperatorMakes() {
        List<TableDefinition> made = tables("""
                sharding: {strategy: Hash}
                collections: [{name: people}, {name: orders, shardKey: customer.id}]
                keyValueSpaces: [{name: sessions}]
                """);
        assertThat(made.stream().map(TableShapes::isCollection)).containsExactly(true, true, false);
        assertThat(made.stream().map(TableShapes::isCollectionById)).containsExactly(true, false, false);
        assertThat(made.stream().map(TableShapes::isSpace)).containsExactly(false, false, true);
    }

    @Test
    void refusesRowsInThemAndNowhereElse() {
        TableDefinition students = FakeCluster.studentTable();
        assertThat(TableShapes.requireRows(students)).isSameAs(students);
        for (TableDefinition made :
                tables("sharding: {strategy: Hash}\ncollections: [{name: a}]\nkeyValueSpaces: [{name: b}]\n")) {
            assertThatThrownBy(() -> TableShapes.requireRows(made))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.code().name()).isEqualTo("COLLECTION_TABLE"))
                    .hasMessageContaining(made.name().equals("a") ? "/v1/collections/a" : "/v1/kv/b");
        }
    }

    @Test
    void aTableThatLooksAlikeIsNone() {
        TableDefinition made =
                tables("sharding: {strategy: Hash}\ncollections: [{name: a}]\n").getFirst();
        TableDefinition shorter = new TableDefinition("a", made.columns().subList(0, 1), List.of("_id"), "_id");
        assertThat(TableShapes.isCollection(shorter)).isFalse();
    }
}
