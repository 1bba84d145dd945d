package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Timing;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaderTermsTest {

    private static final Uid GROUP = Uid.newBuilder().setLow(77).build();

    private static Uid member(int number) {
        return Uid.newBuilder().setLow(number).build();
    }

    private static Timing millis(long count, double average) {
        return Timing.newBuilder()
                .setCount(count)
                .setAverageMicros((long) (1_000 * average))
                .build();
    }

    /** A leader a, whose heartbeats to b take 3 ms and to c 40 ms, and whose processor is busier than theirs. */
    private static LeaderChoice.Term term(Timing commit) {
        ReplicaStatus.Builder leader = ReplicaStatus.newBuilder()
                .setGroup(GROUP)
                .setRole(ReplicaRole.LEADER)
                .setTerm(4)
                .setCommit(commit)
                .addProgress(MemberProgress.newBuilder().setMember(member(1)).setHeartbeats(millis(9, 3)))
                .addProgress(MemberProgress.newBuilder().setMember(member(2)).setHeartbeats(millis(9, 40)));
        GroupConfiguration.Builder voters = GroupConfiguration.newBuilder();
        for (int i = 0; i < 3; i++) {
            voters.addVoters(GroupMember.newBuilder().setMember(member(i)));
        }
        ServerStatus a = ServerStatus.newBuilder()
                .setCpu(0.6)
                .setForce(millis(5, 2))
                .setLateness(millis(99, 0.5))
                .addReplicas(leader.setConfiguration(voters))
                .build();
        ServerStatus other =
                ServerStatus.newBuilder().setCpu(0.1).setMysqlReachable(true).build();
        return LeaderTerms.of(
                        List.of(new LeaderBalance.Led("sh1", "a", Map.of("b", member(1), "c", member(2)), false)),
                        Map.of("sh1", GROUP),
                        new Observed(Map.of("a", a, "b", other, "c", other)))
                .getFirst();
    }

    @Test
    void takesWhatTheLeaderMeasuredAndWhatWritesWaitThere() {
        LeaderChoice.Term term = term(millis(200, 12.5));
        assertThat(term.measured()).isTrue();
        assertThat(term.delayMillis()).isEqualTo(13);
    }

    @Test
    void guessesFromHeartbeatsWhereNothingWasWrittenAndSaysSo() {
        LeaderChoice.Term term = term(Timing.getDefaultInstance());
        assertThat(term.measured()).isFalse();
        assertThat(term.delayMillis()).as("two of three commit").isEqualTo(3);
    }

    @Test
    void expectsACandidateToBeAsBusyAsTheLeaderIs() {
        LeaderChoice.Term term = term(millis(200, 12.5));
        assertThat(term.features().get("b")).isEqualTo(new DelayModel.Features(0.6, 0, 0, 0));
        assertThat(term.features().get("c")).isEqualTo(new DelayModel.Features(0.6, 0, 37, 0));
        assertThat(term.features().get("a")).isEqualTo(new DelayModel.Features(0.6, 2, 3, 0.5));
    }
}
