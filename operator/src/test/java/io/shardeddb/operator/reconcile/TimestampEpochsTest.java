package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampMember;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The operator's hands on the timestamp service. */
final class TimestampEpochsTest extends WorldTest {
    private static final String SERVICE = Databases.SPEC + "timestamps: {mode: Service}\n";

    private TimestampGroup group(String server) {
        return world.servers().timestamps(server).getGroup();
    }

    private List<String> members(String server) {
        return group(server).getMembersList().stream()
                .map(TimestampMember::getServer)
                .toList();
    }

    @Test
    void beginsAndEndsWithTheModeAndChangesNothingMeanwhile() {
        create(SERVICE);
        operator.settle(
                "on",
                () -> group("server-0").getEpoch() == 1 && group("server-2").getEpoch() == 1);
        assertThat(members("server-1")).containsExactly("server-0", "server-1", "server-2");
        database.apply(Databases.SPEC + "timestamps: {mode: Hybrid}\n");
        operator.settle("off", () -> group("server-1").getEpoch() == 2);
        assertThat(group("server-1").getMembersList()).isEmpty();
        database.apply(SERVICE);
        operator.settle("on again", () -> group("server-1").getEpoch() == 3);
        assertThat(group("server-1").getStartAbove())
                .as("above what the first epoch gave")
                .isGreaterThanOrEqualTo(1000);
        assertThat(world.servers().violations()).isEmpty();
    }

    @Test
    void replacesAMemberThatLostItsDiskByAnEpochAboveTheOthers() {
        create(SERVICE);
        operator.settle("on", () -> group("server-2").getEpoch() == 1);
        world.servers().wipe("server-1");
        operator.settle("changed", () -> group("server-1").getEpoch() == 2 && database.ready());
        assertThat(members("server-0")).containsExactlyInAnyOrder("server-0", "server-1", "server-2");
        assertThat(world.servers().timestamps("server-0").getSealedEpoch()).isEqualTo(1);
        assertThat(world.servers().timestamps("server-2").getSealedEpoch()).isEqualTo(1);
        assertThat(group("server-1").getStartAbove()).isGreaterThanOrEqualTo(1000);
        assertThat(world.servers().violations()).isEmpty();
    }

    @Test
    void waitsForASilentMember() {
        create(SERVICE);
        operator.settle("on", () -> group("server-2").getEpoch() == 1);
        world.servers().freeze("server-1", true);
        operator.until("seen", () -> !database.ready());
        world.servers().freeze("server-1", false);
        operator.settle("back", database::ready);
        assertThat(group("server-0").getEpoch()).isEqualTo(1);
    }

    @Test
    void movesWithTheServers() {
        create(SERVICE);
        operator.settle("on", () -> group("server-2").getEpoch() == 1);
        database.apply(SERVICE.replace("count: 3", "count: 4"));
        operator.settle("four", () -> database.ready() && group("server-3").getEpoch() == 1);
        assertThat(members("server-3")).as("nothing is lost, nothing moves").doesNotContain("server-3");
        assertThat(world.servers().violations()).isEmpty();
    }
}
