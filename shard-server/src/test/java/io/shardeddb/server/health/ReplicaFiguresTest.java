package io.shardeddb.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import org.junit.jupiter.api.Test;

/** Peers in the figures of a leader. */
final class ReplicaFiguresTest {

    private static Uid id(long number) {
        return Uid.newBuilder().setHigh(7).setLow(number).build();
    }

    private static GroupMember member(String server, long number) {
        return GroupMember.newBuilder().setServer(server).setMember(id(number)).build();
    }

    private static String name(ReplicaStatus leader, long number) {
        return ReplicaFigures.name(
                leader, MemberProgress.newBuilder().setMember(id(number)).build());
    }

    /** Two of one name would be one figure, of which the second is lost and warned of. */
    @Test
    void eachHasANameOfItsOwn() {
        ReplicaStatus leader = ReplicaStatus.newBuilder()
                .setConfiguration(GroupConfiguration.newBuilder()
                        .addVoters(member("server-0", 1))
                        .addLearners(member("server-1", 2))
                        .addOutgoingVoters(member("server-2", 3)))
                .build();

        assertThat(name(leader, 1)).isEqualTo("server-0");
        assertThat(name(leader, 2)).isEqualTo("server-1");
        assertThat(name(leader, 3)).isEqualTo("server-2");
        assertThat(name(leader, 4)).startsWith("joining ").isNotEqualTo(name(leader, 5));
    }
}
