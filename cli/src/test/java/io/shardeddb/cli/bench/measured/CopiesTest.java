package io.shardeddb.cli.bench.measured;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CopiesTest {

    private static final long LAST = 7;
    private static final ReplicaStatus LEADER =
            copy(LAST, 0).setRole(ReplicaRole.LEADER).build();

    private static ReplicaStatus.Builder copy(long applied, int rank) {
        return ReplicaStatus.newBuilder()
                .setRole(ReplicaRole.FOLLOWER)
                .setLastIndex(LAST)
                .setAppliedIndex(applied)
                .setElectionRank(rank);
    }

    @Test
    void areInStepWhenAllHaveAppliedWhatTheLeaderHas() {
        ReplicaStatus follower = copy(LAST, 0).build();
        assertThat(new Copies(Map.of("a", LEADER, "b", follower, "c", follower)).inStepWith("a", 3))
                .isTrue();
        assertThat(new Copies(Map.of(
                                "a",
                                LEADER,
                                "b",
                                follower,
                                "c",
                                copy(LAST - 1, 0).build()))
                        .inStepWith("a", 3))
                .isFalse();
    }

    @Test
    void areNotInStepWhenOneIsMissingOrAnotherOneLeads() {
        ReplicaStatus follower = copy(LAST, 0).build();
        assertThat(new Copies(Map.of("a", LEADER, "b", follower)).inStepWith("a", 3))
                .isFalse();
        assertThat(new Copies(Map.of("a", LEADER, "b", follower)).inStepWith("b", 2))
                .isFalse();
        assertThat(new Copies(Map.of("b", follower)).inStepWith("a", 1)).isFalse();
    }

    @Test
    void areUnrankedOnlyWhenNoFollowerIsRanked() {
        ReplicaStatus ranked = copy(LAST, 4).build();
        ReplicaStatus other = copy(LAST, 0).build();
        Copies copies = new Copies(Map.of("a", LEADER, "b", ranked, "c", other));
        assertThat(copies.isRanked("b")).isTrue();
        assertThat(copies.isRanked("c")).isFalse();
        assertThat(copies.isRanked("away")).isFalse();
        assertThat(copies.isNoneRanked("a")).isFalse();
        assertThat(new Copies(Map.of("a", LEADER, "c", other)).isNoneRanked("a"))
                .isTrue();
    }

    @Test
    void disregardTheRankOfTheLeader() {
        ReplicaStatus leader = LEADER.toBuilder().setElectionRank(2).build();
        assertThat(new Copies(Map.of("a", leader, "b", copy(LAST, 0).build())).isNoneRanked("a"))
                .isTrue();
    }
}
