package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How often a Shard's status is written while clients write all the time. */
final class StatusWritesTest extends WorldTest {

    private static final int ROUNDS = 40;

    private List<Shard> shards() {
        return world.admin().resources(Shard.class).list().getItems();
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        shards().forEach(shard ->
                versions.put(shard.getMetadata().getName(), shard.getMetadata().getResourceVersion()));
        return versions;
    }

    /** A round in which every shard's log has grown; how many shards were written. */
    private int writtenInARound() {
        Map<String, String> before = versions();
        world.servers().grow();
        operator.round();
        Map<String, String> after = versions();
        return (int) before.entrySet().stream()
                .filter(shard -> !shard.getValue().equals(after.get(shard.getKey())))
                .count();
    }

    private void awaitFigures() {
        int rounds = 0;
        while (writtenInARound() < 3) {
            rounds++;
            assertThat(rounds).as("rounds without figures").isLessThan(5);
        }
    }

    /**
     * For ten minutes: long enough for whatever is repeated now and then. Reading the API is the caches' part, not the
     * loops'.
     */
    @Test
    void restCostsNoRequest() {
        create(Databases.SPEC);
        awaitFigures();
        operator.settle("figures are written", database::ready);
        operator.observe();
        int before = world.requests();
        long begun = operator.age().toMinutes();
        while (operator.age().toMinutes() - begun < 10) {
            operator.actOnWhatWasObserved();
        }
        assertThat(world.requests() - before).as("requests in ten minutes").isZero();
        world.servers().grow();
        awaitFigures();
        assertThat(world.requests()).as("requests are counted").isGreaterThan(before);
    }

    @Test
    void figuresAloneAreWrittenEveryTenSecondsAtMost() {
        create(Databases.SPEC);
        operator.hurry();
        long begun = operator.age().toSeconds();
        int written = 0;
        for (int round = 0; round < ROUNDS; round++) {
            written += writtenInARound();
        }
        long seconds = operator.age().toSeconds() - begun;
        assertThat(written / 3.0)
                .as("times in %d s, for each of three shards", seconds)
                .isBetween(seconds / 20.0, seconds / 10.0 + 1);
        assertThat(written).as("of three shards in %d rounds", ROUNDS).isLessThan(3 * ROUNDS * 2 / 3);
    }

    @Test
    void whatMattersIsWrittenAtOnce() {
        create(Databases.SPEC);
        operator.hurry();
        awaitFigures();
        assertThat(writtenInARound()).as("a round later").isZero();
        awaitFigures();
        long since = operator.age().toMillis();
        world.servers().freeze("server-1", true);
        assertThat(writtenInARound()).as("a round later, with a silent server").isEqualTo(3);
        assertThat(operator.age().toMillis() - since).isLessThan(10_000);
        assertThat(shards())
                .allSatisfy(shard -> assertThat(Objects.requireNonNull(shard.getStatus()).replicas().stream()
                                .filter(replica -> replica.server().equals("server-1"))
                                .map(ShardReplicaStatus::state))
                        .containsExactly("Unreachable"));
        world.servers().freeze("server-1", false);
    }
}
