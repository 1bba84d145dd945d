package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.ShardPlan;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.wire.CopyProgress;
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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A shard on servers a, b and c, led by a with 277 entries committed: what is told of its copies. */
final class ReplicaReportTest {

    private static final Uid GROUP = Uid.newBuilder().setHigh(7).setLow(7).build();
    private static final List<String> ALL = List.of("a", "b", "c");

    private final Map<String, ReplicaStatus.Builder> replicas = new TreeMap<>();
    private final Shard shard = new Shard();

    ReplicaReportTest() {
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
        for (String server : ALL) {
            replicas.put(
                    server,
                    ReplicaStatus.newBuilder()
                            .setGroup(GROUP)
                            .setMember(id(server))
                            .setState(ReplicaState.HEALTHY)
                            .setRole(ReplicaRole.FOLLOWER)
                            .setTerm(3)
                            .setLastIndex(277)
                            .setCommitIndex(277)
                            .setAppliedIndex(277)
                            .setOpen(true)
                            .setConfigurationIndex(5)
                            .setConfiguration(voters("a", "b", "c")));
        }
        at("a").setRole(ReplicaRole.LEADER).addProgress(progress("b", 277)).addProgress(progress("c", 277));
    }

    private static Uid id(String server) {
        return Uid.newBuilder().setLow(server.charAt(0)).build();
    }

    private static GroupConfiguration.Builder voters(String... servers) {
        GroupConfiguration.Builder configuration = GroupConfiguration.newBuilder();
        for (String server : servers) {
            configuration.addVoters(
                    GroupMember.newBuilder().setMember(id(server)).setServer(server));
        }
        return configuration;
    }

    private static MemberProgress progress(String server, long match) {
        return MemberProgress.newBuilder()
                .setMember(id(server))
                .setMatchIndex(match)
                .build();
    }

    private ReplicaStatus.Builder at(String server) {
        return Objects.requireNonNull(replicas.get(server));
    }

    private ShardStatus look() {
        Map<String, ServerStatus> servers = new HashMap<>();
        Map<String, String> addresses = new HashMap<>();
        ALL.forEach(server -> addresses.put(server, server + ":7000"));
        replicas.forEach((server, replica) -> servers.put(
                server, ServerStatus.newBuilder().addReplicas(replica).build()));
        ShardView view = new ShardView(
                GROUP, shard.getSpec(), addresses, new Observed(servers), null, List.of(), null, null, null, Map.of());
        ShardStatus status = ShardReport.of(
                        shard, view, ShardPlan.next(view), Hysteresis.NONE, () -> Instant.parse("2026-01-01T00:00:00Z"))
                .status();
        shard.setStatus(status);
        return status;
    }

    private ShardReplicaStatus copy(String server) {
        return look().replicas().stream()
                .filter(replica -> replica.server().equals(server))
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable Condition condition(ShardStatus status, ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> type.name().equals(condition.getType()))
                .findFirst()
                .orElse(null);
    }

    @Test
    void aRemovedMemberIsNoHealthyCopyHoweverWellItIs() {
        at("a").setConfigurationIndex(9).setConfiguration(voters("a", "b").addRetired(id("c")));
        at("b").setConfigurationIndex(9).setConfiguration(voters("a", "b"));
        ShardStatus status = look();
        assertThat(status.phase()).isEqualTo(ShardPhase.Growing);
        assertThat(copy("c").state()).isEqualTo("Retired");
        assertThat(copy("c").role()).as("it votes no more").isNull();
        assertThat(copy("c").message()).contains("removed from the shard's group");
        Condition safe = Objects.requireNonNull(condition(status, ConditionType.DataSafe));
        assertThat(safe.getMessage()).isEqualTo("2 of 3 copies are healthy");
        // One voter and a removed member are no two copies of what is written from now on.
        at("a").setConfiguration(voters("a").addRetired(id("c")).addRetired(id("b")));
        safe = Objects.requireNonNull(condition(lookAnew(), ConditionType.DataSafe));
        assertThat(safe.getMessage()).isEqualTo("1 of 3 copies are healthy");
        assertThat(safe.getStatus()).isEqualTo("False");
    }

    private ShardStatus lookAnew() {
        shard.setStatus(null);
        return look();
    }

    @Test
    void withoutALeaderTheLatestMembershipThatIsKnownCounts() {
        at("a").setRole(ReplicaRole.FOLLOWER).setConfigurationIndex(9).setConfiguration(voters("a"));
        Condition safe = Objects.requireNonNull(condition(look(), ConditionType.DataSafe));
        assertThat(safe.getMessage()).isEqualTo("1 of 3 copies are healthy");
    }

    @Test
    void aCopyThatIsBeingFilledSaysSo() {
        assertThat(copy("c").copy()).isNull();
        at("c").setAppliedIndex(0);
        assertThat(copy("c").copy()).isEqualTo("filling: 0 of 277 log entries applied");
        at("c").setRole(ReplicaRole.LEARNER).setAppliedIndex(120);
        assertThat(copy("c").copy()).isEqualTo("filling: 120 of 277 log entries applied");
        at("c").setState(ReplicaState.COPYING);
        assertThat(copy("c").copy()).isEqualTo("waiting for a copy of the rows");
        at("c").setCopy(CopyProgress.newBuilder()
                .setPhase("rows")
                .setSource("b")
                .setRowsCopied(5)
                .setRowsTotalEstimate(9));
        assertThat(copy("c").copy()).isEqualTo("rows: 5 of about 9 rows from b");
    }

    @Test
    void thatACopyIsFullIsWrittenAtOnceAndHowFarItIsLater() {
        at("c").setRole(ReplicaRole.LEARNER).setAppliedIndex(0);
        ShardStatus empty = look();
        at("c").setAppliedIndex(120);
        ShardStatus half = look();
        assertThat(ShardReport.material(empty, half)).isFalse();
        assertThat(ShardReport.moved(empty, half)).isTrue();
        at("c").setAppliedIndex(277);
        assertThat(ShardReport.material(half, look())).isTrue();
    }

    @Test
    void nothingIsToldBeyondTheMomentOfTheLeadersAnswer() {
        // The followers were asked some milliseconds later, when two more entries were committed.
        at("a").setLastIndex(278)
                .clearProgress()
                .addProgress(progress("b", 277))
                .addProgress(progress("c", 275));
        at("b").setAppliedIndex(279);
        at("c").setAppliedIndex(276);
        assertThat(copy("b").appliedIndex()).isEqualTo(277);
        assertThat(copy("b").matchIndex()).isEqualTo(277);
        assertThat(copy("b").lag()).isZero();
        assertThat(copy("c").appliedIndex()).isEqualTo(276);
        assertThat(copy("c").lag())
                .as("by the more recent of what it says and what its leader knows")
                .isEqualTo(1);
        at("a").setCommitIndex(270).setAppliedIndex(270);
        assertThat(copy("c").lag()).as("never negative").isZero();
    }
}
