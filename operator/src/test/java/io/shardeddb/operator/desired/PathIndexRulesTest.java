package io.shardeddb.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.desired.AcceptedRecord.TablesInForce;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A definition with an index of a path names the rules that know it, so no server of an earlier release gets it. */
final class PathIndexRulesTest {

    private static final String PLAIN = "{name: people}";
    private static final String INDEXED = "{name: people, indexes: [{name: by_city, path: address.city}]}";

    private static ShardedDatabaseSpec spec(String collection) {
        return Serialization.unmarshal(
                        "---\n{sharding: {strategy: Hash}, shardCount: 2, collections: [" + collection + "]}",
                        ShardedDatabaseSpec.class)
                .expanded();
    }

    private static TableProposal proposal(String before, String after) {
        ShardedDatabaseSpec accepted = spec(before);
        AcceptedRecord record = new AcceptedRecord(
                accepted,
                6,
                Schemas.hash(accepted),
                TableSteps.ADDITIONS,
                new TablesInForce(6, "x", accepted.tables(), List.of()),
                List.of(),
                Map.of(),
                Map.of());
        return TableProposal.of(spec(after), record, true, Map.of());
    }

    @Test
    void theFirstTablesNameThem() {
        ShardedDatabase database = new ShardedDatabase();
        database.setMetadata(
                new ObjectMetaBuilder().withName("d").withGeneration(1L).build());
        database.setSpec(spec(INDEXED));
        assertThat(AcceptedRecord.first(database).definition().getRules()).isEqualTo(3);
        database.setSpec(spec(PLAIN));
        assertThat(AcceptedRecord.first(database).definition().getRules()).isZero();
    }

    @Test
    void anIndexThatIsAddedNeedsAPermission() {
        TableProposal added = proposal(PLAIN, INDEXED);
        assertThat(added.violations()).isEmpty();
        assertThat(added.needed()).containsExactly("rebuild people");
        assertThat(added.steps().rules()).isEqualTo(3);
        assertThat(added.wanted().getTables(0).getIndexes(0).getPath()).isEqualTo("address.city");
    }

    @Test
    void anIndexThatGoesNeedsNone() {
        TableProposal gone = proposal(INDEXED, PLAIN);
        assertThat(gone.needed()).isEmpty();
        assertThat(gone.steps().rules()).isEqualTo(1);
    }

    @Test
    void aTableBesideAnIndexNamesThemToo() {
        TableProposal more = proposal(INDEXED, INDEXED + ", {name: orders}");
        assertThat(more.needed()).isEmpty();
        assertThat(more.steps().rules()).isEqualTo(3);
    }

    @Test
    void anotherPathUnderTheNameIsAnotherIndex() {
        assertThat(proposal(INDEXED, INDEXED.replace("address.city", "city")).needed())
                .containsExactly("rebuild people");
    }
}
