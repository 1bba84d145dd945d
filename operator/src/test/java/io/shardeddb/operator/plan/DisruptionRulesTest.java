package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Servers a, b and c hold a shard that a leads. */
final class DisruptionRulesTest {

    private static final List<String> SERVERS = List.of("a", "b", "c");

    private static @Nullable Refusal mayStop(String server, ReplicaState... states) {
        GroupConfiguration.Builder configuration = GroupConfiguration.newBuilder();
        for (int i = 0; i < SERVERS.size(); i++) {
            configuration.addVoters(Members.member(SERVERS.get(i), i + 1));
        }
        Map<String, ServerStatus> servers = new HashMap<>();
        for (int i = 0; i < SERVERS.size(); i++) {
            servers.put(
                    SERVERS.get(i),
                    ServerStatus.newBuilder()
                            .setServer(SERVERS.get(i))
                            .addReplicas(ReplicaStatus.newBuilder()
                                    .setGroup(Members.id(99))
                                    .setMember(Members.id(i + 1))
                                    .setTerm(1)
                                    .setRole(i == 0 ? ReplicaRole.LEADER : ReplicaRole.FOLLOWER)
                                    .setState(states[i])
                                    .setConfiguration(configuration))
                            .build());
        }
        return DisruptionRules.mayStop(server, Map.of("sh1", Members.id(99)), new Observed(servers));
    }

    @Test
    void aHealthyCopyStopsOnlyWhereTheOthersServe() {
        assertThat(mayStop("b", ReplicaState.HEALTHY, ReplicaState.HEALTHY, ReplicaState.HEALTHY))
                .isNull();
        assertThat(mayStop("b", ReplicaState.HEALTHY, ReplicaState.HEALTHY, ReplicaState.STALLED))
                .isNotNull();
        assertThat(mayStop("c", ReplicaState.HEALTHY, ReplicaState.HEALTHY, ReplicaState.STALLED))
                .isNull();
    }

    /** Where most wait for a newer version, none of them could ever get it. */
    @Test
    void aStalledCopyStopsWhereTheOthersKeepTheLog() {
        assertThat(mayStop("b", ReplicaState.HEALTHY, ReplicaState.STALLED, ReplicaState.STALLED))
                .isNull();
        assertThat(mayStop("a", ReplicaState.STALLED, ReplicaState.STALLED, ReplicaState.STALLED))
                .isNull();
        assertThat(mayStop("a", ReplicaState.HEALTHY, ReplicaState.STALLED, ReplicaState.STALLED))
                .isNotNull();
        assertThat(mayStop("b", ReplicaState.HEALTHY, ReplicaState.STALLED, ReplicaState.RECOVERING))
                .isNotNull();
    }
}
