package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static io.shardeddb.consensus.Trio.id;
import static io.shardeddb.consensus.Trio.member;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a learner that has the whole log is given a vote: it must have applied what others rely on. */
class PromotionTest {
    private static final Outcome NOT_YET = new Outcome.Refused(Refusal.NOT_CAUGHT_UP, null);

    private final Trio trio = new Trio(3, Settings.DEFAULT);
    private Replica leader;

    @BeforeEach
    void aLearnerHasTheLogAndAppliesNothing() {
        leader = trio.elect(0);
        trio.add(3, Recovered.NEW_MEMBER);
        trio.applyStands.add(id(3));
        VoterSet three = VoterSet.majority(List.of(member(0), member(1), member(2)));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(0, three, List.of(member(3))), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
        trio.pass(300 * MILLI);
        assertThat(trio.log(3).lastIndex()).isEqualTo(leader.commitIndex());
    }

    private Outcome promote() {
        VoterSet four = VoterSet.majority(List.of(member(0), member(1), member(2), member(3)));
        long index = leader.status().committedConfiguration().index();
        return leader.proposeConfiguration(new ConfigurationChange(index, four, List.of()), trio.now);
    }

    private void hasApplied(long index) {
        trio.get(3).applied(index);
        trio.pass(300 * MILLI);
    }

    @Test
    void notBeforeItHasAppliedWhatWasCommittedWhenItWasFirstAsked() {
        assertThat(promote()).isEqualTo(NOT_YET);
        long asked = leader.commitIndex();
        leader.propose(List.of(new Text("later")), trio.now);
        trio.pass(3 * Settings.DEFAULT.electionTimeout());
        hasApplied(asked - 1);
        assertThat(promote()).isEqualTo(NOT_YET);
        hasApplied(asked);
        assertThat(leader.commitIndex()).isGreaterThan(asked);
        assertThat(promote()).as("the goal stays where it was").isInstanceOf(Outcome.Accepted.class);
    }

    /** As a definition of tables is that was committed and applied while the learner was on its way. */
    @Test
    void notBeforeItHasAppliedWhatIsNamed() {
        assertThat(promote()).isEqualTo(NOT_YET);
        long asked = leader.commitIndex();
        leader.propose(List.of(new Text("tables")), trio.now);
        trio.settle();
        long named = leader.commitIndex();
        leader.voteOnlyAfter(named);
        leader.voteOnlyAfter(0);
        hasApplied(asked);
        assertThat(promote()).isEqualTo(NOT_YET);
        hasApplied(named);
        assertThat(promote()).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void ofAVersionThatDoesNotTellWhatItAppliesTheLogIsEnough() {
        trio.add(4, Recovered.NEW_MEMBER);
        trio.silentOfApplying.add(id(4));
        trio.applyStands.add(id(4));
        VoterSet three = VoterSet.majority(List.of(member(0), member(1), member(2)));
        long index = leader.status().committedConfiguration().index();
        leader.proposeConfiguration(new ConfigurationChange(index, three, List.of(member(3), member(4))), trio.now);
        trio.pass(300 * MILLI);
        index = leader.status().committedConfiguration().index();
        VoterSet four = VoterSet.majority(List.of(member(0), member(1), member(2), member(4)));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(index, four, List.of(member(3))), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
    }
}
