package io.shardeddb.cli.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether all copies are as they should be, by what the servers say. */
final class HealthTest {

    private static final Shard SHARD = Serialization.unmarshal("""
            apiVersion: shardeddb.io/v1alpha1
            kind: Shard
            metadata: {name: db-sh1}
            spec:
              database: db
              name: sh1
              replicas: [{server: a, role: Voter}, {server: b, role: Voter}, {server: c, role: Voter}]
            """, Shard.class);

    private final Map<String, ReplicaStatus> said =
            new HashMap<>(Map.of("a", leading(3, 0), "b", following("a"), "c", following("a")));

    @Test
    void findsNothingMissingWhereAllFollowOneLeader() {
        assertThat(Health.faults(SHARD, said)).isEmpty();
    }

    @Test
    void missesAProcessThatWasKilledJustNow() {
        said.remove("b");
        assertThat(Health.faults(SHARD, said)).containsExactly("sh1: b does not answer");
    }

    @Test
    void missesOneThatIsBackAndHasNotHeardOfTheLeader() {
        said.put("b", following(""));
        assertThat(Health.faults(SHARD, said)).containsExactly("sh1: b does not follow a");
    }

    @Test
    void missesFollowersOfALeaderOfThePast() {
        said.put("b", leading(4, 0));
        assertThat(Health.faults(SHARD, said)).containsExactly("sh1: a does not follow b", "sh1: c does not follow b");
    }

    @Test
    void missesALeader() {
        said.put("a", following("a"));
        assertThat(Health.faults(SHARD, said)).containsExactly("sh1: no server says that it leads");
    }

    @Test
    void missesWhatACopyLacks() {
        said.put("a", leading(3, 2_500));
        assertThat(Health.faults(SHARD, said)).containsExactly("sh1: a copy lags by 2500 ms");
    }

    private static ReplicaStatus leading(long term, long lagMillis) {
        return ReplicaStatus.newBuilder()
                .setRole(ReplicaRole.LEADER)
                .setTerm(term)
                .addProgress(MemberProgress.newBuilder().setLagMillis(lagMillis))
                .build();
    }

    private static ReplicaStatus following(String leader) {
        return ReplicaStatus.newBuilder()
                .setRole(ReplicaRole.FOLLOWER)
                .setTerm(3)
                .setLeader(LeaderHint.newBuilder().setServer(leader))
                .build();
    }
}
