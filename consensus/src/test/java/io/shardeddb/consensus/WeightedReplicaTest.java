package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static io.shardeddb.consensus.Trio.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Five voters of which one may fail: two commit, four elect. */
class WeightedReplicaTest {
    private final Trio five = new Trio(5, 1, Settings.DEFAULT);

    private static List<Integer> ranks(Replica leader) {
        return leader.status().quorums().getFirst().voters().stream()
                .map(each -> (int) each.id().low())
                .toList();
    }

    @Test
    void commitsWithOneQuickFollowerAndRanksIt() {
        Replica leader = five.elect(0);
        five.cutOff.addAll(List.of(id(1), id(2), id(4)));
        leader.propose(List.of(new Text("a")), five.now);
        five.settle();
        assertThat(leader.commitIndex()).isEqualTo(2);
        five.pass(150 * MILLI);
        assertThat(ranks(leader)).containsExactly(0, 3, 1, 2, 4);
        assertThat(leader.status().quorums().getFirst().voters())
                .filteredOn(QuorumStatus.VoterWeight::acknowledged)
                .extracting(each -> each.id().low())
                .containsExactly(0L, 3L);
    }

    @Test
    void goesOnWithTheLightestOnceItHasBecomeHeavier() {
        Replica leader = five.elect(0);
        int lightest = ranks(leader).getLast();
        for (int other = 1; other < 5; other++) {
            if (other != lightest) {
                five.cutOff.add(id(other));
            }
        }
        leader.propose(List.of(new Text("a")), five.now);
        five.settle();
        assertThat(leader.commitIndex()).as("its weight is not enough").isEqualTo(1);
        five.pass(150 * MILLI);
        assertThat(leader.commitIndex()).isEqualTo(2);
    }

    @Test
    void tellsEachVoterItsWeight() {
        Replica leader = five.elect(0);
        leader.propose(List.of(new Text("a")), five.now);
        five.settle();
        leader.propose(List.of(new Text("b")), five.now);
        five.settle();
        for (QuorumStatus.VoterWeight voter :
                leader.status().quorums().getFirst().voters()) {
            Weight told = five.get((int) voter.id().low()).status().weight();
            assertThat(told.value()).isPositive();
            assertThat(told.clock()).isPositive();
        }
        assertThat(leader.status().weight().value())
                .isEqualTo(WeightScheme.of(5, 1).weight(0));
    }

    @Test
    void electsOnlyWithAllButOne() {
        five.cutOff.addAll(List.of(id(3), id(4)));
        assertThat(five.elect(0).role()).isNotEqualTo(Role.LEADER);
        five.reconnect();
        five.cutOff.add(id(4));
        assertThat(five.elect(0).role()).isEqualTo(Role.LEADER);
    }

    @Test
    void changesTheToleranceAtRunTime() {
        Replica leader = five.elect(0);
        five.pass(150 * MILLI);
        long clock = leader.status().quorums().getFirst().clock();
        VoterSet members = leader.status().configuration().voters();
        VoterSet safer = new VoterSet(members.members(), 2);
        assertThat(leader.proposeConfiguration(new ConfigurationChange(0, safer, List.of()), five.now))
                .isInstanceOf(Outcome.Accepted.class);
        assertThat(leader.status().quorums()).as("each half has its own").hasSize(2);
        five.pass(300 * MILLI);
        assertThat(leader.status().committedConfiguration().configuration().voters())
                .isEqualTo(safer);
        assertThat(leader.status().quorums()).hasSize(1);
        assertThat(leader.status().quorums().getFirst().tolerance()).isEqualTo(2);
        assertThat(leader.status().quorums().getFirst().clock()).isGreaterThan(clock);
        five.cutOff.addAll(List.of(id(1), id(2), id(3)));
        long before = leader.commitIndex();
        leader.propose(List.of(new Text("a")), five.now);
        five.pass(150 * MILLI);
        assertThat(leader.commitIndex()).as("two of five no longer commit").isEqualTo(before);
        five.cutOff.remove(id(3));
        five.pass(300 * MILLI);
        assertThat(leader.commitIndex()).isGreaterThan(before);
    }
}
