package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.IndexSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Indexes that come into a table that is there. */
final class ChangingIndexesTest extends WorldTest {

    private static final String INDEXED =
            Databases.SPEC.replace("primaryKey: [k]}", "primaryKey: [k], indexes: [{name: i, columns: [v]}]}");

    private Catalog catalog() {
        ConfigMap map =
                world.admin().configMaps().withName(Catalog.objectName("db")).get();
        return Serialization.unmarshal(map.getData().get(Catalog.KEY), Catalog.class);
    }

    private List<String> inForce() {
        return catalog().tables().tables().getFirst().indexes().stream()
                .map(IndexSpec::name)
                .toList();
    }

    private void allowRebuild() {
        world.admin().resources(ShardedDatabase.class).withName("db").edit(one -> {
            one.getMetadata().setAnnotations(Map.of(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION, "rebuild t"));
            return one;
        });
    }

    @Test
    void anIndexIsMadeWhenTheRebuildIsAllowed() {
        create(Databases.SPEC);
        database.apply(INDEXED);
        operator.until("withheld", () -> message(ConditionType.Withheld).contains("needs rebuild t"));
        allowRebuild();
        operator.settle("in force", () -> database.ready() && inForce().contains("i"));
        assertThat(world.servers()
                        .tables()
                        .brought(catalog().tables().version())
                        .getTables(0)
                        .getIndexes(0)
                        .getName())
                .isEqualTo("i");
    }

    /** To one of an older release the catalog would not fit its hash, and it would serve the tables before for ever. */
    @Test
    void routersThatAreNotReplacedYetDelayIt() {
        create(Databases.SPEC);
        world.sick("", true);
        allowRebuild();
        database.apply(INDEXED + "router: {replicas: 1, podAnnotations: {a: b}}\n");
        operator.until("waits", () -> message(ConditionType.Progressing).contains("routers that are not replaced yet"));
        int definitions = world.servers().definitions();
        for (int i = 0; i < 5; i++) {
            operator.round();
        }
        assertThat(world.servers().definitions()).isEqualTo(definitions);
        world.sick("", false);
        operator.settle("in force", () -> database.ready() && inForce().contains("i"));
    }
}
