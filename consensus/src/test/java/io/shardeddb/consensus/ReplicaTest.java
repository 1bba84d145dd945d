package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static io.shardeddb.consensus.Trio.id;
import static io.shardeddb.consensus.Trio.member;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private final Trio trio = new Trio(3, Settings.DEFAULT);

    @Test
    void electsALeaderAndCommitsOnAMajority() {
        Replica leader = trio.elect(0);
        assertThat(leader.role()).isEqualTo(Role.LEADER);
        Outcome outcome = leader.propose(List.of(new Text("a"), new Text("b")), trio.now);
        trio.settle();
        assertThat(outcome).isEqualTo(new Outcome.Accepted(2, 1));
        assertThat(leader.commitIndex()).isEqualTo(3);
        trio.pass(200 * MILLI);
        assertThat(trio.applied).containsOnlyKeys(id(0), id(1), id(2)).containsValue(3L);
        assertThat(trio.get(1).commitIndex()).isEqualTo(3);
    }

    @Test
    void doesNotCountItselfBeforeItsForce() {
        Replica leader = trio.elect(0);
        trio.diskStands.add(id(0));
        trio.cutOff.add(id(2));
        leader.propose(List.of(new Text("a")), trio.now);
        trio.settle();
        assertThat(leader.commitIndex()).isEqualTo(1);
    }

    @Test
    void commitsWithoutItsOwnForceButAppliesNothing() {
        Replica leader = trio.elect(0);
        trio.diskStands.add(id(0));
        leader.propose(List.of(new Text("a")), trio.now);
        trio.settle();
        assertThat(leader.commitIndex()).isEqualTo(2);
        assertThat(trio.applied).containsEntry(id(0), 1L);
    }

    @Test
    void confirmsReadsTogetherByOneRound() {
        Replica leader = trio.elect(0);
        leader.requestRead(7, trio.now);
        leader.requestRead(8, trio.now);
        trio.settle();
        assertThat(trio.reads)
                .containsExactly(new Effects.ConfirmedRead(7, 1, false, 1), new Effects.ConfirmedRead(8, 1, false, 1));
    }

    @Test
    void answersNoReadWithoutAQuorumAndStepsDown() {
        Replica leader = trio.elect(0);
        trio.cutOff.add(id(0));
        leader.requestRead(7, trio.now);
        trio.pass(1500 * MILLI);
        assertThat(trio.reads).isEmpty();
        assertThat(trio.refusedReads).containsExactly(7L);
        assertThat(leader.role()).isNotEqualTo(Role.LEADER);
    }

    @Test
    void transfersLeadership() {
        Replica leader = trio.elect(0);
        assertThat(leader.transferLeadership(id(2), trio.now)).isNull();
        trio.settle();
        assertThat(trio.get(2).role()).isEqualTo(Role.LEADER);
        assertThat(trio.get(0).leader()).isEqualTo(id(2));
    }

    @Test
    void swapsAMemberThroughAJointConfiguration() {
        Replica leader = trio.elect(0);
        trio.add(3, Recovered.NEW_MEMBER);
        VoterSet old = VoterSet.majority(List.of(member(0), member(1), member(2)));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(0, old, List.of(member(3))), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
        trio.pass(300 * MILLI);
        VoterSet swapped = VoterSet.majority(List.of(member(0), member(1), member(3)));
        long index = leader.status().committedConfiguration().index();
        assertThat(leader.proposeConfiguration(new ConfigurationChange(0, swapped, List.of()), trio.now))
                .isEqualTo(new Outcome.Refused(Refusal.CONFIGURATION_CHANGED, null));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(index, swapped, List.of()), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
        trio.pass(300 * MILLI);
        assertThat(leader.status().committedConfiguration().configuration())
                .satisfies(configuration -> assertThat(configuration.hasMembersOf(Configuration.of(swapped)))
                        .isTrue());
        assertThat(trio.get(3).status().configuration().voters()).isEqualTo(swapped);
    }

    @Test
    void aLeaderThatIsRemovedHandsOver() {
        Replica leader = trio.elect(0);
        VoterSet rest = VoterSet.majority(List.of(member(1), member(2)));
        leader.proposeConfiguration(new ConfigurationChange(0, rest, List.of()), trio.now);
        trio.settle();
        assertThat(leader.role()).isEqualTo(Role.FOLLOWER);
        assertThat(List.of(trio.get(1).role(), trio.get(2).role())).contains(Role.LEADER);
    }

    @Test
    void truncatesWhatANewLeaderDoesNotHave() {
        Replica leader = trio.elect(0);
        trio.cutOff.add(id(0));
        leader.propose(List.of(new Text("lost")), trio.now);
        trio.elect(1).propose(List.of(new Text("kept"), new Text("too")), trio.now);
        trio.settle();
        trio.cutOff.clear();
        trio.pass(1000 * MILLI);
        assertThat(trio.log(0).all()).isEqualTo(trio.log(1).all());
        assertThat(trio.get(0).commitIndex()).isEqualTo(4);
    }

    /**
     * Member 2 misses entries that the leader then removes from its log, and is heard again. Where the log begins
     * since.
     */
    private SnapshotMarker leaveBehind(Replica leader) {
        trio.cutOff.add(id(2));
        leader.propose(List.of(new Text("a"), new Text("b")), trio.now);
        trio.settle();
        SnapshotMarker marker = leader.markerAt(3);
        trio.log(0).purge(marker);
        leader.purged(3);
        trio.cutOff.clear();
        trio.pass(300 * MILLI);
        return marker;
    }

    @Test
    void asksForACopyWhenTheLogNoLongerReachesBack() {
        Replica leader = trio.elect(0);
        SnapshotMarker marker = leaveBehind(leader);
        assertThat(trio.copies).containsExactly(new Effects.CopyNeeded(id(2), 4));
        assertThat(trio.get(2).copied(marker, trio.now)).isTrue();
        trio.settle();
        leader.propose(List.of(new Text("c")), trio.now);
        trio.pass(300 * MILLI);
        assertThat(trio.get(2).commitIndex()).isEqualTo(4);
        assertThat(trio.log(2).firstIndex()).isEqualTo(4);
    }

    @Test
    void goesOnAfterACopyWhoseReportWasLostWithTheProcess() {
        Replica leader = trio.elect(0);
        SnapshotMarker marker = leaveBehind(leader);
        assertThat(trio.copies).hasSize(1);
        trio.add(2, new Recovered(new HardState(leader.status().term(), null), marker, List.of(), 3));
        leader.propose(List.of(new Text("c")), trio.now);
        trio.pass(300 * MILLI);
        assertThat(trio.get(2).commitIndex()).isEqualTo(4);
        assertThat(trio.copies).as("copied once").hasSize(1);
    }

    /**
     * Found by the simulator: a leader whose disk was nearly full cut its log behind a copy on its way, and never asked
     * for another.
     */
    @Test
    void asksForALaterCopyWhenTheLogWasCutBehindTheFirst() {
        Replica leader = trio.elect(0);
        SnapshotMarker marker = leaveBehind(leader);
        leader.propose(List.of(new Text("c")), trio.now);
        trio.settle();
        SnapshotMarker later = leader.markerAt(4);
        trio.log(0).purge(later);
        leader.purged(4);
        assertThat(trio.get(2).copied(marker, trio.now)).isTrue();
        trio.settle();
        leader.copyArrived(id(2), marker.index(), trio.now);
        trio.pass(300 * MILLI);
        assertThat(trio.copies).containsExactly(new Effects.CopyNeeded(id(2), 4), new Effects.CopyNeeded(id(2), 5));
        assertThat(trio.get(2).copied(later, trio.now)).isTrue();
        trio.settle();
        leader.copyArrived(id(2), later.index(), trio.now);
        leader.propose(List.of(new Text("d")), trio.now);
        trio.pass(300 * MILLI);
        assertThat(trio.get(2).commitIndex()).isEqualTo(5);
        assertThat(trio.copies).hasSize(2);
    }

    @Test
    void goesOnWhenItIsToldOfACopyBeforeItsMemberAnswers() {
        Replica leader = trio.elect(0);
        SnapshotMarker marker = leaveBehind(leader);
        assertThat(trio.get(2).copied(marker, trio.now)).isTrue();
        leader.copyArrived(id(2), marker.index(), trio.now);
        leader.propose(List.of(new Text("c")), trio.now);
        trio.pass(300 * MILLI);
        assertThat(trio.get(2).commitIndex()).isEqualTo(4);
        assertThat(trio.copies).as("copied once").hasSize(1);
    }

    @Test
    void quarantinesAMemberWhoseLogBecameShorter() {
        Replica leader = trio.elect(0);
        leader.propose(List.of(new Text("a")), trio.now);
        trio.pass(200 * MILLI);
        VoterSet voters = VoterSet.majority(List.of(member(0), member(1), member(2)));
        trio.add(2, Recovered.bootstrap(voters));
        trio.pass(300 * MILLI);
        assertThat(trio.quarantined).extracting(Effects.Quarantine::member).containsOnly(id(2));
        assertThat(leader.status().peers())
                .filteredOn(ReplicaStatus.PeerStatus::quarantined)
                .hasSize(1);
    }

    /** Found by the simulator: the removed member had the longest log, and did not stand, so nobody could win. */
    @Test
    void aMemberBeingRemovedStandsIfOnlyItCanFinishTheRemoval() {
        Trio pair = new Trio(2, Settings.DEFAULT);
        Replica leader = pair.elect(0);
        VoterSet rest = VoterSet.majority(List.of(member(1)));
        leader.proposeConfiguration(new ConfigurationChange(0, rest, List.of()), pair.now);
        // Only the joint entry reaches the other one; the acknowledgement comes back, and the final entry stays here.
        pair.stopAfterAcknowledgementOf(2);
        pair.settle();
        assertThat(pair.log(0).lastIndex()).isEqualTo(pair.log(1).lastIndex() + 1);
        pair.cutOff.add(id(0));
        pair.pass(3000 * MILLI);
        pair.reconnect();
        pair.pass(5000 * MILLI);
        assertThat(pair.get(1).role()).isEqualTo(Role.LEADER);
        assertThat(pair.get(1).status().committedConfiguration().configuration().voters())
                .isEqualTo(rest);
    }

    /** Found by the simulator: after a restart a member that had joined later took its removal for committed. */
    @Test
    void aMemberThatJoinedLaterFinishesItsRemovalAfterARestart() {
        Trio one = new Trio(1, Settings.DEFAULT);
        handOver(one, 0, 1);
        one.elect(1);
        one.add(2, Recovered.NEW_MEMBER);
        change(one, 1, VoterSet.majority(List.of(member(1))), List.of(member(2)));
        // The joint entry reaches the other one; the acknowledgement comes back, and the final entry stays here.
        one.stopAfterAcknowledgementOf(one.log(1).lastIndex() + 1);
        change(one, 1, VoterSet.majority(List.of(member(2))), List.of());
        assertThat(one.log(1).lastIndex()).isEqualTo(one.log(2).lastIndex() + 1);
        one.restart(1);
        one.restart(2);
        one.reconnect();
        one.pass(5000 * MILLI);
        assertThat(one.get(2).role()).isEqualTo(Role.LEADER);
    }

    private static void handOver(Trio group, int from, int to) {
        group.elect(from);
        group.add(to, Recovered.NEW_MEMBER);
        change(group, from, VoterSet.majority(List.of(member(from))), List.of(member(to)));
        change(group, from, VoterSet.majority(List.of(member(to))), List.of());
    }

    private static void change(Trio group, int leader, VoterSet voters, List<Member> learners) {
        group.pass(500 * MILLI);
        Replica at = group.get(leader);
        long index = at.status().committedConfiguration().index();
        assertThat(at.proposeConfiguration(new ConfigurationChange(index, voters, learners), group.now))
                .isInstanceOf(Outcome.Accepted.class);
        group.settle();
    }

    /** Found by the simulator: a new leader does not yet know what its predecessor had acknowledged. */
    @Test
    void isFreshOnlyByALeaderThatHasCommittedInItsTerm() {
        Replica leader = trio.elect(0);
        leader.propose(List.of(new Text("a")), trio.now);
        trio.pass(500 * MILLI);
        Freshness before = trio.get(2).freshness();
        assertThat(before.index()).isEqualTo(2);
        assertThat(trio.now - before.asOf()).isLessThan(500 * MILLI);
        trio.cutOff.add(id(0));
        trio.diskStands.add(id(1));
        trio.diskStands.add(id(2));
        trio.pass(200 * MILLI);
        assertThat(trio.get(2).freshness().asOf()).isLessThanOrEqualTo(trio.now - 100 * MILLI);
    }

    @Test
    void electsSoonWhenTheConnectionsToTheLeaderBreak() {
        trio.elect(0);
        trio.pass(200 * MILLI);
        trio.cutOff.add(id(0));
        trio.get(1).unreachable(id(0), trio.now);
        trio.get(2).unreachable(id(0), trio.now);
        trio.pass(150 * MILLI);
        assertThat(List.of(trio.get(1).role(), trio.get(2).role())).contains(Role.LEADER);
    }

    @Test
    void aBrokenConnectionOfOneMemberDeposesNobody() {
        Replica leader = trio.elect(0);
        trio.pass(200 * MILLI);
        trio.get(1).unreachable(id(0), trio.now);
        trio.pass(1000 * MILLI);
        assertThat(leader.role()).isEqualTo(Role.LEADER);
        assertThat(leader.term()).isEqualTo(1);
        assertThat(trio.get(1).leader()).isEqualTo(id(0));
    }

    @Test
    void waitsOutTheLeaseHoweverConnectionsBreak() {
        Trio leased = new Trio(3, Settings.DEFAULT.withLeaderLease(true));
        leased.elect(0);
        leased.pass(200 * MILLI);
        leased.cutOff.add(id(0));
        leased.get(1).unreachable(id(0), leased.now);
        leased.get(2).unreachable(id(0), leased.now);
        leased.pass(390 * MILLI);
        assertThat(List.of(leased.get(1).role(), leased.get(2).role())).containsOnly(Role.FOLLOWER);
    }

    @Test
    void neverTakesARemovedMemberBack() {
        Replica leader = trio.elect(0);
        VoterSet two = VoterSet.majority(List.of(member(0), member(1)));
        leader.proposeConfiguration(new ConfigurationChange(0, two, List.of()), trio.now);
        trio.pass(300 * MILLI);
        Effects.CommittedConfiguration now = leader.status().committedConfiguration();
        assertThat(now.configuration().retired()).containsExactly(id(2));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(now.index(), two, List.of(member(2))), trio.now))
                .isEqualTo(new Outcome.Refused(Refusal.RETIRED, null));
        assertThat(leader.proposeConfiguration(new ConfigurationChange(now.index(), two, List.of(member(3))), trio.now))
                .isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void forgetsARemovalThatIsTruncated() {
        Replica leader = trio.elect(0);
        trio.cutOff.add(id(0));
        VoterSet two = VoterSet.majority(List.of(member(0), member(1)));
        leader.proposeConfiguration(new ConfigurationChange(0, two, List.of()), trio.now);
        trio.elect(1);
        trio.cutOff.clear();
        trio.pass(1000 * MILLI);
        assertThat(trio.get(0).status().configuration().retired()).isEmpty();
    }

    @Test
    void answersByLeaseOnlyWhileItRuns() {
        Trio leased = new Trio(3, Settings.DEFAULT.withLeaderLease(true));
        Replica leader = leased.elect(0);
        leased.pass(200 * MILLI);
        leader.requestRead(1, leased.now);
        leased.settle();
        assertThat(leased.reads).containsExactly(new Effects.ConfirmedRead(1, 1, true, 1));
        assertThat(leader.leaseHolds(1, leased.now)).isTrue();
        assertThat(leader.leaseHolds(1, leased.now + Settings.DEFAULT.electionTimeout()))
                .isFalse();
        leader.voidLease(leased.now);
        assertThat(leader.leaseHolds(1, leased.now)).isFalse();
    }

    @Test
    void refusesWhatHasTooMuchWaiting() {
        Trio small = new Trio(3, new Settings(100 * MILLI, 500 * MILLI, 0.1, false, 1 << 20, 64, 1 << 20, 4));
        Replica leader = small.elect(0);
        small.cutOff.add(id(0));
        leader.propose(List.of(new Text("12345")), small.now);
        assertThat(leader.propose(List.of(new Text("6")), small.now))
                .isEqualTo(new Outcome.Refused(Refusal.BUSY, null));
    }

    @Test
    void dropsWhatIsMeantForAnotherMember() {
        Replica replica = trio.get(0);
        replica.step(new Message.VoteRequest(Trio.GROUP, id(1), id(9), 5, 0, 0, false, true), trio.now);
        replica.step(new Message.VoteRequest(new GroupId(9, 9), id(1), id(0), 5, 0, 0, false, true), trio.now);
        assertThat(replica.term()).isZero();
        assertThat(replica.drain().messages()).isEmpty();
    }

    /** Found by the simulator: an old heartbeat's answer confirmed rounds of a later term that the same member led. */
    @Test
    void theAnswerToAnEarlierTermNamesNoRound() {
        Replica follower = trio.get(1);
        follower.step(new Message.Heartbeat(Trio.GROUP, id(0), id(1), 2, 1, 5, 0, 0, Long.MIN_VALUE, false), trio.now);
        follower.drain();
        follower.step(new Message.Heartbeat(Trio.GROUP, id(0), id(1), 1, 99, 4, 0, 0, Long.MIN_VALUE, false), trio.now);
        assertThat(follower.drain().messagesWhenDurable())
                .containsExactly(new Message.AppendResponse(Trio.GROUP, id(1), id(0), 2, 0, false, -1, 0, 0, 0));
    }
}
