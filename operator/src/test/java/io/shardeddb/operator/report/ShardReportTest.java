package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.ShardPlan;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A shard on servers a, b and c: what its status says, look by look, and when. */
final class ShardReportTest {

    private static final Uid GROUP = Uid.newBuilder().setHigh(7).setLow(7).build();
    private static final List<String> ALL = List.of("a", "b", "c");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Shard shard = new Shard();
    private Hysteresis hysteresis = Hysteresis.NONE;
    private Instant now = START;
    private long lagMillis;

    ShardReportTest() {
        shard.getMetadata().setName("db-s");
        shard.getMetadata().setGeneration(1L);
        shard.setSpec(new ShardSpec(
                "db",
                "s",
                new IntervalSpec(0L, 10L),
                1L,
                ALL,
                null,
                Uids.format(id("a")),
                ALL.stream()
                        .map(server -> new ShardReplicaSpec(
                                server, server + ":7000", Uids.format(id(server)), "volume", MemberRole.Voter))
                        .toList()));
        look("a", Set.copyOf(ALL));
    }

    private static Uid id(String server) {
        return Uid.newBuilder().setLow(server.charAt(0)).build();
    }

    /** One look, which finds this leader and these servers that answer. */
    private ShardStatus look(@Nullable String leader, Set<String> answering) {
        GroupConfiguration.Builder voters = GroupConfiguration.newBuilder();
        ALL.forEach(server ->
                voters.addVoters(GroupMember.newBuilder().setMember(id(server)).setServer(server)));
        Map<String, ServerStatus> servers = new HashMap<>();
        Map<String, String> addresses = new HashMap<>();
        for (String server : ALL) {
            addresses.put(server, server + ":7000");
            if (answering.contains(server)) {
                ReplicaStatus.Builder replica = ReplicaStatus.newBuilder();
                if (server.equals(leader)) {
                    replica.setCommitIndex(9)
                            .addProgress(MemberProgress.newBuilder()
                                    .setMember(id("c"))
                                    .setMatchIndex(7)
                                    .setLagMillis(lagMillis));
                }
                servers.put(
                        server,
                        ServerStatus.newBuilder()
                                .addReplicas(replica.setGroup(GROUP)
                                        .setMember(id(server))
                                        .setState(ReplicaState.HEALTHY)
                                        .setRole(server.equals(leader) ? ReplicaRole.LEADER : ReplicaRole.FOLLOWER)
                                        .setTerm(3)
                                        .setLastIndex(9)
                                        .setOpen(true)
                                        .setConfiguration(voters))
                                .build());
            }
        }
        ShardView view = new ShardView(
                GROUP, shard.getSpec(), addresses, new Observed(servers), null, List.of(), null, null, null, Map.of());
        ShardReport.Told told = ShardReport.of(shard, view, ShardPlan.next(view), hysteresis, () -> now);
        hysteresis = told.hysteresis();
        shard.setStatus(told.status());
        return told.status();
    }

    private ShardStatus lookLater(long millis, @Nullable String leader, Set<String> answering) {
        now = now.plusMillis(millis);
        return look(leader, answering);
    }

    private static String value(ShardStatus status, ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> type.name().equals(condition.getType()))
                .map(Condition::getStatus)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tellsHowLateAMemberIsButWritesNothingForTimeAlone() {
        lagMillis = 40;
        ShardStatus before = lookLater(100, "a", Set.copyOf(ALL));
        assertThat(before.replicas().get(2).lag()).isEqualTo(2);
        assertThat(before.replicas().get(2).lagMillis()).isEqualTo(40);
        lagMillis = 900;
        ShardStatus after = lookLater(100, "a", Set.copyOf(ALL));
        assertThat(after.replicas().get(2).lagMillis()).isEqualTo(900);
        assertThat(ShardReport.moved(before, after)).isFalse();
    }

    @Test
    void aLeadershipThatMovesIsNoLossOfTheQuorum() {
        ShardStatus moving = lookLater(500, null, Set.copyOf(ALL));
        assertThat(moving.leader()).as("the fact is told").isNull();
        assertThat(moving.phase()).isEqualTo(ShardPhase.Ready);
        assertThat(value(moving, ConditionType.Ready)).isEqualTo("True");
        lookLater(1_500, null, Set.copyOf(ALL));
        ShardStatus moved = lookLater(900, "b", Set.copyOf(ALL));
        assertThat(moved.phase()).isEqualTo(ShardPhase.Ready);
        assertThat(moved.leader()).isEqualTo("b");
    }

    @Test
    void aShardWithoutALeaderForLongerIsUnavailable() {
        lookLater(500, null, Set.of("c"));
        ShardStatus gone = lookLater(Hysteresis.MOMENT.toMillis(), null, Set.of("c"));
        assertThat(gone.phase()).isEqualTo(ShardPhase.Unavailable);
        assertThat(value(gone, ConditionType.Ready)).isEqualTo("False");
        assertThat(value(gone, ConditionType.DataSafe)).isEqualTo("False");
        ShardStatus better = lookLater(100, "b", Set.of("b", "c"));
        assertThat(better.phase()).as("for the better at once").isEqualTo(ShardPhase.Degraded);
        assertThat(lookLater(100, "b", Set.copyOf(ALL)).phase()).isEqualTo(ShardPhase.Ready);
    }

    @Test
    void anAnswerThatIsLateDegradesNothing() {
        ShardStatus late = lookLater(500, "a", Set.of("a"));
        assertThat(late.phase()).isEqualTo(ShardPhase.Ready);
        assertThat(value(late, ConditionType.DataSafe)).isEqualTo("True");
        assertThat(late.replicas().get(1).state()).as("the fact is told").isEqualTo("Unreachable");
        assertThat(lookLater(1_000, "a", Set.copyOf(ALL)).phase()).isEqualTo(ShardPhase.Ready);
    }

    @Test
    void aServerThatStaysAwayDegradesTheShardWhoeverLeadsMeanwhile() {
        lookLater(500, null, Set.of("b", "c"));
        lookLater(1_300, "b", Set.of("b", "c"));
        assertThat(lookLater(1_300, "b", Set.of("b", "c")).phase()).isEqualTo(ShardPhase.Degraded);
    }

    @Test
    void anOperatorThatStartsAnewDoesNotTakeBackWhatWasTold() {
        lookLater(500, null, Set.of("c"));
        lookLater(3_000, null, Set.of("c"));
        hysteresis = Hysteresis.NONE;
        ShardStatus again = lookLater(100, null, Set.of("c"));
        assertThat(again.phase()).isEqualTo(ShardPhase.Unavailable);
        assertThat(value(again, ConditionType.DataSafe)).isEqualTo("False");
    }

    @Test
    void aNewSpecIsNotCalledReachedWhileALeadershipMoves() {
        shard.getMetadata().setGeneration(2L);
        ShardStatus moving = lookLater(500, null, Set.copyOf(ALL));
        assertThat(moving.observedGeneration()).isEqualTo(2L);
        assertThat(moving.phase()).isEqualTo(ShardPhase.Growing);
        assertThat(Objects.requireNonNull(moving.conditions().getFirst()).getReason())
                .isEqualTo("ShardsGrowing");
    }
}
