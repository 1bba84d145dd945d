package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two operators that both believe to lead, one of which acts on what it saw some time ago. */
final class TwoOperatorsTest extends WorldTest {

    @Test
    void twoAtOnceDoNothingTwice() {
        try (SteppedOperator other = new SteppedOperator(world)) {
            database.apply(Databases.SPEC.replace("count: 3", "count: 5"));
            operator.settle("ready", () -> {
                other.roundFromTheLastLook();
                return database.ready();
            });
            int copies = world.servers().copiesMade();
            database.apply(Databases.SPEC.replace("{count: 3}", "{count: 4, podAnnotations: {a: b}}"));
            world.servers().resetMostDown();
            operator.settle("rolled and emptied", () -> {
                other.roundFromTheLastLook();
                return database.ready() && world.list("statefulsets.apps").size() == 4;
            });
            assertThat(world.servers().mostDown()).isLessThanOrEqualTo(1);
            assertThat(world.servers().copiesMade() - copies).isLessThanOrEqualTo(2);
            assertThat(database.loads().values()).allMatch(load -> load == 2 || load == 3);
        }
    }

    @Test
    void aFrozenOneThatWakesUpChangesNothingThatMovedOn() {
        create(Databases.SPEC);
        try (SteppedOperator frozen = new SteppedOperator(world)) {
            world.servers().wipe("server-2");
            frozen.observe();
            operator.settle("replaced", database::ready);
            Map<String, ?> voters = database.voters();
            int steps = world.gate().steps().size();
            frozen.actOnWhatWasObserved();
            assertThat(world.gate().steps().subList(steps, world.gate().steps().size()))
                    .as("only what is safe to repeat got through")
                    .allMatch(step -> step.startsWith("PrepareReplica"));
            operator.settle("still well", database::ready);
            assertThat(database.voters()).isEqualTo(voters);
        }
    }
}
