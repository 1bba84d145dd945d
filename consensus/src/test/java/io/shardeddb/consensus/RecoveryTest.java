package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static io.shardeddb.consensus.Trio.id;
import static io.shardeddb.consensus.Trio.member;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A quorum is lost for good, and one survivor goes on alone. Members 0 and 1 are the lost ones. */
class RecoveryTest {
    private static final long LONG = 5_000 * MILLI;

    private final Trio trio = new Trio(3, Settings.DEFAULT);

    /** Members 0 and 1 are gone, in the midst of what member 0 was doing; member 2 notices. */
    private Replica survivor() {
        trio.cutOff.add(id(0));
        trio.cutOff.add(id(1));
        trio.pass(LONG);
        return trio.get(2);
    }

    private @Nullable Refusal recover(Replica survivor) {
        ReplicaStatus seen = survivor.status();
        Refusal refusal = survivor.recover(seen.lastTerm(), seen.lastIndex(), trio.now);
        trio.settle();
        return refusal;
    }

    private void write(Replica leader, String... texts) {
        assertThat(leader.propose(List.of(texts).stream().map(Text::new).toList(), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
        trio.settle();
    }

    private List<LogEntry> logOf(int number) {
        return new ArrayList<>(trio.log(number).all());
    }

    @Test
    void theSurvivorGoesOnAloneWithAllThatItHas() {
        write(trio.elect(0), "a", "b");
        Replica survivor = survivor();
        long before = survivor.term();
        assertThat(survivor.role()).isNotEqualTo(Role.LEADER);
        List<LogEntry> log = logOf(2);
        assertThat(recover(survivor)).isNull();
        assertThat(survivor.role()).isEqualTo(Role.LEADER);
        assertThat(Terms.epoch(survivor.term())).isEqualTo(1).isGreaterThan(Terms.epoch(before));
        assertThat(logOf(2)).startsWith(log.toArray(LogEntry[]::new));
        write(survivor, "c");
        assertThat(survivor.commitIndex()).isEqualTo(trio.log(2).lastIndex());
        Configuration alone = survivor.status().committedConfiguration().configuration();
        assertThat(alone.voters().members()).containsExactly(member(2));
        assertThat(alone.retired()).containsExactly(id(0), id(1));
    }

    @Test
    void whatWasNotAcknowledgedStaysToo() {
        Replica leader = trio.elect(0);
        trio.cutOff.add(id(1));
        trio.diskStands.add(id(0));
        trio.diskStands.add(id(2));
        write(leader, "only here");
        long last = trio.log(2).lastIndex();
        Replica survivor = survivor();
        trio.diskStands.clear();
        trio.pass(LONG);
        assertThat(survivor.commitIndex()).isLessThan(last);
        assertThat(recover(survivor)).isNull();
        assertThat(survivor.commitIndex()).isGreaterThan(last);
        assertThat(trio.log(2).get(last).payload()).isEqualTo(new Text("only here"));
    }

    @Test
    void isRefusedWhileALeaderIsKnownOrTheLogIsAnotherOne() {
        Replica leader = trio.elect(0);
        write(leader, "a");
        assertThat(recover(trio.get(2))).isEqualTo(Refusal.HAS_LEADER);
        assertThat(recover(leader)).isEqualTo(Refusal.HAS_LEADER);
        Replica survivor = survivor();
        ReplicaStatus seen = survivor.status();
        assertThat(survivor.recover(seen.lastTerm(), seen.lastIndex() - 1, trio.now))
                .isEqualTo(Refusal.LOG_DIFFERS);
        assertThat(survivor.recover(seen.lastTerm() + 1, seen.lastIndex(), trio.now))
                .isEqualTo(Refusal.LOG_DIFFERS);
        assertThat(survivor.term()).isEqualTo(seen.term());
        trio.add(3, Recovered.NEW_MEMBER);
        assertThat(recover(trio.get(3))).as("it never voted").isEqualTo(Refusal.NOT_ELIGIBLE);
    }

    @Test
    void lostMembersThatComeBackAfterAllNeitherLeadNorVoteNorCount() {
        write(trio.elect(0), "a");
        Replica survivor = survivor();
        assertThat(recover(survivor)).isNull();
        write(survivor, "b");
        List<LogEntry> log = logOf(2);
        long term = survivor.term();
        trio.reconnect();
        // By their own configuration the two are a quorum, and elect a leader between them again and again.
        for (int round = 0; round < 5; round++) {
            trio.elect(round % 2);
            trio.pass(LONG);
        }
        assertThat(List.of(trio.get(0).role(), trio.get(1).role())).contains(Role.LEADER);
        write(trio.get(0).role() == Role.LEADER ? trio.get(0) : trio.get(1), "of the past");
        assertThat(survivor.role()).isEqualTo(Role.LEADER);
        assertThat(survivor.term()).isEqualTo(term);
        assertThat(logOf(2)).as("they put nothing into its log").isEqualTo(log);
        assertThat(trio.get(0).term()).as("its leadership is the greater one").isLessThan(term);
        assertThat(trio.get(1).term()).isLessThan(term);
        trio.cutOff.add(id(0));
        trio.cutOff.add(id(1));
        write(survivor, "c");
        assertThat(survivor.commitIndex())
                .as("it needs nobody")
                .isEqualTo(trio.log(2).lastIndex());
    }

    @Test
    void growsAgainBesideLostMembersThatCameBack() {
        write(trio.elect(0), "a");
        Replica survivor = survivor();
        assertThat(recover(survivor)).isNull();
        trio.reconnect();
        trio.add(3, Recovered.NEW_MEMBER);
        trio.add(4, Recovered.NEW_MEMBER);
        VoterSet alone = VoterSet.majority(List.of(member(2)));
        change(survivor, new ConfigurationChange(index(survivor), alone, List.of(member(3), member(4))));
        VoterSet three = VoterSet.majority(List.of(member(2), member(3), member(4)));
        change(survivor, new ConfigurationChange(index(survivor), three, List.of()));
        assertThat(survivor.status().committedConfiguration().configuration().voters())
                .isEqualTo(three);
        assertThat(survivor.proposeConfiguration(
                        new ConfigurationChange(index(survivor), three, List.of(member(0))), trio.now))
                .as("an id that was lost")
                .isEqualTo(new Outcome.Refused(Refusal.RETIRED, null));
        // The survivor goes, and the new ones elect a leader without the old ones' votes.
        trio.cutOff.add(id(2));
        trio.pass(LONG);
        Replica next = trio.get(3).role() == Role.LEADER ? trio.get(3) : trio.get(4);
        assertThat(next.role()).isEqualTo(Role.LEADER);
        write(next, "b");
        assertThat(next.commitIndex())
                .isEqualTo(Objects.requireNonNull(trio.logs.get(next.self())).lastIndex());
        assertThat(Terms.epoch(next.term())).isEqualTo(1);
    }

    @Test
    void endsAMembershipChangeThatTheLossInterrupted() {
        Replica leader = trio.elect(0);
        trio.cutOff.add(id(1));
        VoterSet two = VoterSet.majority(List.of(member(0), member(1)));
        leader.proposeConfiguration(new ConfigurationChange(0, two, List.of()), trio.now);
        trio.stopAfterAcknowledgementOf(2);
        trio.settle();
        Replica survivor = survivor();
        assertThat(survivor.status().configuration().isJoint()).isTrue();
        assertThat(recover(survivor)).isNull();
        Configuration alone = survivor.status().committedConfiguration().configuration();
        assertThat(alone.isJoint()).isFalse();
        assertThat(alone.voters().members()).containsExactly(member(2));
    }

    @Test
    void aSecondLossHasAnEpochOfItsOwn() {
        write(trio.elect(0), "a");
        Replica survivor = survivor();
        assertThat(recover(survivor)).isNull();
        trio.add(3, Recovered.NEW_MEMBER);
        VoterSet alone = VoterSet.majority(List.of(member(2)));
        change(survivor, new ConfigurationChange(index(survivor), alone, List.of(member(3))));
        VoterSet both = VoterSet.majority(List.of(member(2), member(3)));
        change(survivor, new ConfigurationChange(index(survivor), both, List.of()));
        trio.cutOff.add(id(2));
        trio.pass(LONG);
        Replica second = trio.get(3);
        assertThat(recover(second)).isNull();
        assertThat(Terms.epoch(second.term())).isEqualTo(2);
        assertThat(second.status().committedConfiguration().configuration().retired())
                .containsExactly(id(0), id(1), id(2));
    }

    private static long index(Replica leader) {
        return leader.status().committedConfiguration().index();
    }

    private void change(Replica leader, ConfigurationChange change) {
        assertThat(leader.proposeConfiguration(change, trio.now)).isInstanceOf(Outcome.Accepted.class);
        trio.pass(1_000 * MILLI);
    }
}
