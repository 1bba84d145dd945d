package io.shardeddb.cli.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RecoveryOfferTest {

    private static ShardReplicaStatus member(String server, String state, @Nullable String logEnd) {
        return new ShardReplicaStatus(
                server, "id-" + server, "Follower", state, null, null, null, null, null, logEnd, null, null);
    }

    private static Shard shard(@Nullable String leader, @Nullable Long committed, ShardReplicaStatus... members) {
        Shard shard = new Shard();
        shard.setSpec(new ShardSpec(
                "db",
                "sh1",
                new IntervalSpec(0L, 10L),
                1L,
                List.of("a", "b", "c"),
                null,
                null,
                List.of("a", "b", "c", "d").stream()
                        .map(server -> new ShardReplicaSpec(
                                server,
                                server + ":7000",
                                "id-" + server,
                                null,
                                server.equals("d") ? MemberRole.Learner : MemberRole.Voter))
                        .toList()));
        shard.setStatus(new ShardStatus(
                1L, ShardPhase.Unavailable, leader, 3L, committed, null, null, List.of(members), List.of()));
        return shard;
    }

    @Test
    void offersTheLongestLogAndNoLearner() {
        RecoveryOffer offer = RecoveryOffer.of(shard(
                null,
                118L,
                member("a", "Lost", null),
                member("b", "Healthy", "3/120"),
                member("c", "Stalled", "2/990"),
                member("d", "Copying", "4/500")));
        assertThat(offer.server()).isEqualTo("b");
        assertThat(offer.request()).isEqualTo("b/id-b/3/120");
        assertThat(offer.lines())
                .contains(
                        "  a: Lost", "  b: Healthy, its log ends at term 3, entry 120  <- the shard goes on from here")
                .anyMatch(line -> line.startsWith("Lost: what was acknowledged and b had not received. Entry 118"));
    }

    @Test
    void neverOffersAQuarantinedCopy() {
        RecoveryOffer offer = RecoveryOffer.of(shard(
                null,
                118L,
                member("a", "Lost", null),
                member("b", "Quarantined", "3/120"),
                member("c", "Healthy", "2/110")));
        assertThat(offer.server()).isEqualTo("c");
        assertThat(offer.lines()).anyMatch(line -> line.startsWith("Not used: what only b has"));
        assertThatThrownBy(() -> RecoveryOffer.of(
                        shard(null, 5L, member("a", "Lost", null), member("b", "Quarantined", "3/120"))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("every copy with a log is quarantined");
    }

    @Test
    void saysHowMuchIsLostAtLeast() {
        RecoveryOffer offer = RecoveryOffer.of(shard(
                null, 131L, member("a", "Lost", null), member("b", "Lost", null), member("c", "Healthy", "3/120")));
        assertThat(offer.lines()).anyMatch(line -> line.startsWith("Lost: at least 11 log entries, 121 to 131"));
    }

    @Test
    void refusesWhileALeaderIsThereOrSomebodyMayComeBack() {
        assertThatThrownBy(() -> RecoveryOffer.of(shard("a", 5L, member("a", "Healthy", null))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("has a leader, a");
        assertThatThrownBy(() -> RecoveryOffer.of(shard(
                        null,
                        5L,
                        member("a", "Lost", null),
                        member("b", "Unreachable", null),
                        member("c", "Healthy", "3/120"))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("b may come back");
        assertThatThrownBy(
                        () -> RecoveryOffer.of(shard(null, 5L, member("a", "Lost", null), member("b", "Lost", null))))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no copy with a log is left");
    }
}
