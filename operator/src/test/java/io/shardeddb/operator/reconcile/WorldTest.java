package io.shardeddb.operator.reconcile;

import io.shardeddb.crds.ConditionType;
import io.shardeddb.operator.world.World;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A world with one operator and one database, not yet created. */
abstract sealed class WorldTest
        permits AdministrationTest,
                BadSpecTest,
                CredentialStepsTest,
                LifeTest,
                MovementTest,
                OldRecordTest,
                ChangingTablesTest,
                RefusedTablesTest,
                RemovalTest,
                RecordEditsTest,
                RollingTest,
                ShardFinalizerTest,
                StatusWritesTest,
                CatalogTest,
                TwoOperatorsTest,
                TimestampEpochsTest {

    World world;
    SteppedOperator operator;
    Databases database;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        world = new World(folder);
        operator = new SteppedOperator(world);
        database = new Databases(world, "db");
    }

    @AfterEach
    void stop() throws IOException {
        operator.close();
        world.close();
    }

    void create(String spec) {
        database.apply(spec);
        operator.settle("ready", database::ready);
    }

    void change(String what, String instead) {
        String spec = Databases.SPEC.replace(what, instead);
        database.apply(spec);
        operator.settle(what + " -> " + instead, database::ready);
    }

    String reason(ConditionType type) {
        return String.valueOf(database.condition(type).getReason());
    }

    String message(ConditionType type) {
        return String.valueOf(database.condition(type).getMessage());
    }
}
