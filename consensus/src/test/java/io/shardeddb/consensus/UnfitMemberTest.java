package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static io.shardeddb.consensus.Trio.id;
import static io.shardeddb.consensus.Trio.member;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A member that was found to be no good is neither counted nor elected any more, whoever leads. */
class UnfitMemberTest {
    private final Trio trio = new Trio(3, Settings.DEFAULT);

    /** Member 2 comes back with an empty log, as from an old copy of its volume. */
    private Replica leaderThatSawARollback() {
        Replica leader = trio.elect(0);
        leader.propose(List.of(new Text("a")), trio.now);
        trio.pass(200 * MILLI);
        trio.add(2, Recovered.bootstrap(VoterSet.majority(List.of(member(0), member(1), member(2)))));
        trio.pass(300 * MILLI);
        return leader;
    }

    @Test
    void staysSoUnderTheNextLeader() {
        assertThat(leaderThatSawARollback().transferLeadership(id(1), trio.now)).isNull();
        trio.pass(300 * MILLI);
        Replica next = trio.get(1);
        assertThat(next.role()).isEqualTo(Role.LEADER);
        assertThat(next.status().peers())
                .filteredOn(ReplicaStatus.PeerStatus::quarantined)
                .extracting(ReplicaStatus.PeerStatus::id)
                .containsExactly(id(2));
        assertThat(next.transferLeadership(id(2), trio.now)).isEqualTo(Refusal.QUARANTINED);
    }

    @Test
    void itsVoteIsNotCounted() {
        leaderThatSawARollback();
        trio.cutOff.add(id(0));
        trio.pass(5000 * MILLI);
        assertThat(trio.get(1).role()).isNotEqualTo(Role.LEADER);
        assertThat(trio.get(2).role()).isNotEqualTo(Role.LEADER);
    }

    @Test
    void isToldSo() {
        leaderThatSawARollback();
        assertThat(trio.quarantined)
                .filteredOn(quarantine -> quarantine.member().equals(id(2)))
                .as("found by the leader, and then told to the member itself")
                .hasSize(2);
    }

    @Test
    void isForgottenWhenItIsRemoved() {
        Replica leader = leaderThatSawARollback();
        Effects.CommittedConfiguration now = leader.status().committedConfiguration();
        assertThat(now.configuration().unfit()).containsExactly(id(2));
        VoterSet rest = VoterSet.majority(List.of(member(0), member(1)));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(now.index(), rest, List.of()), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
        trio.pass(300 * MILLI);
        assertThat(leader.status().committedConfiguration().configuration().unfit())
                .isEmpty();
    }

    @Test
    void isNotAgreedOnWithoutBothQuorumsAmongTheOthers() {
        Trio pair = new Trio(2, Settings.DEFAULT);
        Replica leader = pair.elect(0);
        leader.propose(List.of(new Text("a")), pair.now);
        pair.pass(200 * MILLI);
        pair.add(1, Recovered.bootstrap(VoterSet.majority(List.of(member(0), member(1)))));
        pair.pass(300 * MILLI);
        assertThat(pair.quarantined).hasSize(1);
        assertThat(leader.status().configuration().unfit()).isEmpty();
    }

    @Test
    void theMemberThatDiffersFromMostIsUnfit() {
        trio.elect(0);
        marks(1, 1, 2);
        trio.pass(300 * MILLI);
        assertThat(trio.quarantined)
                .extracting(Effects.Quarantine::member)
                .contains(id(2))
                .doesNotContain(id(0), id(1));
    }

    @Test
    void aLeaderThatDiffersFromMostIsUnfitItself() {
        trio.elect(0);
        marks(2, 1, 1);
        trio.pass(300 * MILLI);
        assertThat(trio.quarantined).extracting(Effects.Quarantine::member).containsExactly(id(0));
    }

    @Test
    void nobodyIsUnfitWhereNoMajorityAgrees() {
        trio.elect(0);
        marks(1, 2, 3);
        trio.pass(300 * MILLI);
        assertThat(trio.quarantined).isEmpty();
    }

    @Test
    void whereNoMajorityAgreesItIsTold() {
        trio.elect(0);
        marks(1, 2, 3);
        trio.pass(300 * MILLI);
        assertThat(trio.get(0).status().divergedIndex()).isEqualTo(4096);
        assertThat(trio.get(1).status().divergedIndex()).isZero();
    }

    /** One against one: either may be right. */
    @Test
    void ofTwoVotersNobodyIsUnfitAndTheDifferenceIsTold() {
        Trio pair = new Trio(2, Settings.DEFAULT);
        pair.elect(0);
        pair.get(0).stateMark(new StateMark(4096, 1));
        pair.get(1).stateMark(new StateMark(4096, 2));
        pair.pass(300 * MILLI);
        assertThat(pair.quarantined).isEmpty();
        assertThat(pair.get(0).status().divergedIndex()).isEqualTo(4096);
        // Meanwhile one of them got a new copy.
        pair.get(0).stateMark(new StateMark(8192, 3));
        pair.get(1).stateMark(new StateMark(8192, 3));
        pair.pass(300 * MILLI);
        assertThat(pair.get(0).status().divergedIndex()).isZero();
    }

    @Test
    void aNewLeaderComparesMarksOfBeforeItsTerm() {
        trio.elect(0);
        trio.cutOff.add(id(2));
        marks(1, 1, 2);
        trio.get(0).transferLeadership(id(1), trio.now);
        trio.pass(300 * MILLI);
        trio.reconnect();
        trio.pass(300 * MILLI);
        assertThat(trio.quarantined).extracting(Effects.Quarantine::member).contains(id(2));
    }

    private void marks(long first, long second, long third) {
        trio.get(0).stateMark(new StateMark(4096, first));
        trio.get(1).stateMark(new StateMark(4096, second));
        trio.get(2).stateMark(new StateMark(4096, third));
    }
}
