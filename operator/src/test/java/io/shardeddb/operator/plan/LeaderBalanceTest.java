package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LeaderBalanceTest {

    private static LeaderBalance.Led led(String shard, String leader, String... followers) {
        Map<String, Uid> members = new TreeMap<>();
        for (String follower : followers) {
            members.put(follower, Uid.newBuilder().setLow(follower.hashCode()).build());
        }
        return new LeaderBalance.Led(shard, leader, members, false);
    }

    @Test
    void movesOneFromTheFullestToTheEmptiest() {
        List<LeaderBalance.Led> shards =
                List.of(led("s1", "a", "b", "c"), led("s2", "a", "b", "c"), led("s3", "b", "a", "c"));
        assertThat(LeaderBalance.next(shards, List.of("a", "b", "c"))).get().satisfies(transfer -> {
            assertThat(transfer.from()).isEqualTo("a");
            assertThat(transfer.to()).isEqualTo("c");
        });
    }

    @Test
    void movesNothingForADifferenceOfOneAndNothingToServersThatGo() {
        assertThat(LeaderBalance.next(List.of(led("s1", "a", "b")), List.of("a", "b")))
                .isEmpty();
        assertThat(LeaderBalance.next(
                        List.of(led("s1", "a", "gone"), led("s2", "a", "gone"), led("s3", "a", "gone")), List.of("a")))
                .isEmpty();
    }

    @Test
    void givesNothingToAServerThatLeadsAlreadyAndMayNotLeadMore() {
        List<LeaderBalance.Led> shards =
                List.of(led("s1", "a", "slow"), led("s2", "a", "slow"), led("s3", "a", "slow"), led("s4", "slow", "a"));
        assertThat(LeaderBalance.next(shards, List.of("a"))).isEmpty();
        assertThat(LeaderBalance.next(shards, List.of("a", "slow"))).isPresent();
    }

    @Test
    void takesLeadershipsOffAServerToTheFollowerThatLeadsLeast() {
        List<LeaderBalance.Led> shards = List.of(led("s1", "b", "a"), led("s2", "a", "b", "c"), led("s3", "a"));
        assertThat(LeaderBalance.away(shards, "a")).get().satisfies(transfer -> {
            assertThat(transfer.shard()).isEqualTo("s2");
            assertThat(transfer.to()).isEqualTo("c");
        });
        assertThat(LeaderBalance.away(shards, "c")).isEmpty();
        assertThat(LeaderBalance.away(List.of(led("s3", "a")), "a"))
                .as("nobody can take it")
                .isEmpty();
    }

    @Test
    void countsAShardThatAPersonFixedAndLeavesItAlone() {
        LeaderBalance.Led fixed =
                new LeaderBalance.Led("s1", "a", led("s1", "a", "b").followers(), true);
        assertThat(LeaderBalance.next(
                        List.of(fixed, new LeaderBalance.Led("s2", "a", fixed.followers(), true)), List.of("a", "b")))
                .isEmpty();
        assertThat(LeaderBalance.next(List.of(fixed, led("s2", "a", "b")), List.of("a", "b")))
                .get()
                .extracting(LeaderBalance.Transfer::shard)
                .isEqualTo("s2");
    }

    @Test
    void passesOverFollowersThatTheLeaderDoesNotHear() {
        assertThat(inStep(progress(10, 0, 300), 10)).isTrue();
        assertThat(inStep(progress(10, 0, 1_001), 10)).isFalse();
    }

    @Test
    void passesOverFollowersThatHaveYetToCatchUp() {
        assertThat(inStep(progress(9_600, 400, 50), 9_600)).isTrue();
        assertThat(inStep(progress(9_400, 600, 50), 9_400)).as("entries").isFalse();
        assertThat(inStep(progress(10_000, 0, 50), 9_400)).as("rows").isFalse();
        assertThat(inStep(progress(0, 0, 50), 10_000)).as("never answered").isFalse();
    }

    @Test
    void passesOverFollowersThatWaitForACopyOrCountNoMore() {
        assertThat(inStep(progress(10_000, 0, 50).setNeedsCopy(true), 10_000)).isFalse();
        assertThat(inStep(progress(10_000, 0, 50).setQuarantined(true), 10_000)).isFalse();
    }

    private static final Uid MEMBER = Uid.newBuilder().setLow(7).build();

    private static MemberProgress.Builder progress(long match, long lag, long silentMillis) {
        return MemberProgress.newBuilder()
                .setMember(MEMBER)
                .setMatchIndex(match)
                .setLagEntries(lag)
                .setSilentMillis(silentMillis);
    }

    private static boolean inStep(MemberProgress.Builder progress, long applied) {
        ReplicaStatus leader = ReplicaStatus.newBuilder()
                .setCommitIndex(progress.getMatchIndex() + progress.getLagEntries())
                .addProgress(progress)
                .build();
        ReplicaStatus replica = ReplicaStatus.newBuilder()
                .setState(ReplicaState.HEALTHY)
                .setAppliedIndex(applied)
                .build();
        return LeaderBalance.isInStep(leader, MEMBER, replica);
    }
}
