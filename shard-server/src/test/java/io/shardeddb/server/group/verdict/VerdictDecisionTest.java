package io.shardeddb.server.group.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Durations;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.ReplicaStatus;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.server.group.verdict.VerdictDecision.Refused;
import io.shardeddb.server.group.verdict.VerdictDecision.Reliance;
import io.shardeddb.server.group.verdict.VerdictDecision.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Member 1 leads, and its database refuses entry 10. */
class VerdictDecisionTest {
    private static final long ENTRY = 10;
    private static final MemberId LEADER = id(1);
    private static final VerdictDecision PROPOSE = new VerdictDecision.Propose();

    private static MemberId id(int number) {
        return new MemberId(0, number);
    }

    private static VoterSet voters(int tolerance, int... numbers) {
        List<Member> members = new ArrayList<>();
        Arrays.stream(numbers).forEach(number -> members.add(new Member(id(number), "s" + number)));
        return new VoterSet(members, tolerance);
    }

    private static Standing standing(int number, boolean heard, long applied, long refused) {
        return new Standing(id(number), true, heard, true, applied, refused, refused == ENTRY ? 0 : -1);
    }

    private static Standing refuses(int number) {
        return standing(number, true, ENTRY - 1, ENTRY);
    }

    private static Standing slow(int number) {
        return standing(number, true, ENTRY - 1, -1);
    }

    private static Standing gone(int number) {
        return standing(number, false, 0, 0);
    }

    private static Standing done(int number) {
        return standing(number, true, ENTRY + number, -1);
    }

    private static Standing ofOldVersion(int number) {
        return standing(number, true, ENTRY - 1, 0);
    }

    private static VerdictDecision of(VoterSet voters, Standing... others) {
        return of(true, 0, Configuration.of(voters), others);
    }

    /** Of a write that this leader has proposed itself. */
    private static VerdictDecision of(boolean told, long waited, Configuration configuration, Standing... others) {
        return VerdictDecision.of(
                new Refused(ENTRY, 0, false, Reliance.NOBODY, told, waited), LEADER, configuration, List.of(others));
    }

    private static VerdictDecision ofDefinition(Reliance reliance, VoterSet voters, Standing... others) {
        return VerdictDecision.of(
                new Refused(ENTRY, 0, true, reliance, true, 0), LEADER, Configuration.of(voters), List.of(others));
    }

    private static VerdictDecision ofEarlierTerm(long waited, VoterSet voters, Standing... others) {
        return VerdictDecision.of(
                new Refused(ENTRY, 0, false, Reliance.PERHAPS_A_CLIENT, true, waited),
                LEADER,
                Configuration.of(voters),
                List.of(others));
    }

    private static Standing refusesRequest(int number, int request) {
        return new Standing(id(number), true, true, true, ENTRY - 1, ENTRY, request);
    }

    private static void assertWaits(VerdictDecision decision) {
        assertThat(decision).isInstanceOf(VerdictDecision.Wait.class);
    }

    @Test
    void isProposedWhereAMajorityRefuses() {
        assertThat(of(voters(0, 1))).isEqualTo(PROPOSE);
        assertThat(of(voters(0, 1, 2), refuses(2))).isEqualTo(PROPOSE);
        assertThat(of(voters(0, 1, 2, 3), refuses(2), refuses(3))).isEqualTo(PROPOSE);
        assertThat(of(voters(0, 1, 2, 3), refuses(2), slow(3))).isEqualTo(PROPOSE);
        assertThat(of(voters(0, 1, 2, 3), refuses(2), gone(3))).isEqualTo(PROPOSE);
    }

    @Test
    void isNotProposedByOneThatStandsAlone() {
        assertWaits(of(voters(0, 1, 2), slow(2)));
        assertWaits(of(voters(0, 1, 2), gone(2)));
        assertWaits(of(voters(0, 1, 2, 3), slow(2), slow(3)));
        assertWaits(of(voters(0, 1, 2, 3), slow(2), gone(3)));
        assertWaits(of(voters(0, 1, 2, 3), standing(2, true, ENTRY - 1, ENTRY - 5), slow(3)));
    }

    @Test
    void whatWasHeardLongAgoCountsForNothing() {
        assertWaits(of(voters(0, 1, 2, 3), standing(2, false, ENTRY - 1, ENTRY), slow(3)));
    }

    @Test
    void whoHasCarriedItOutLeads() {
        assertThat(of(voters(0, 1, 2, 3), done(2), slow(3))).isEqualTo(new VerdictDecision.HandOver(id(2)));
        assertThat(of(voters(0, 1, 2, 3), done(2), done(3))).isEqualTo(new VerdictDecision.HandOver(id(3)));
        assertThat(of(voters(0, 1, 2, 3), done(2), refuses(3)))
                .as("against a majority, too: its tables are there")
                .isEqualTo(new VerdictDecision.HandOver(id(2)));
    }

    @Test
    void waitsWhereWhoHasCarriedItOutCannotLead() {
        assertWaits(of(voters(0, 1, 2, 3), standing(2, false, ENTRY, -1), refuses(3)));
        assertWaits(of(voters(0, 1, 2, 3), new Standing(id(2), true, true, false, ENTRY, -1, -1), refuses(3)));
    }

    @Test
    void whoIsNoVoterOrNoGoodIsNotAsked() {
        assertThat(of(voters(0, 1, 2, 3), refuses(2), refuses(3), done(4))).isEqualTo(PROPOSE);
        assertWaits(of(voters(0, 1, 2, 3), refuses(4), slow(2), slow(3)));
        Standing unfit = new Standing(id(2), false, true, true, ENTRY, ENTRY, 0);
        assertWaits(of(voters(0, 1, 2, 3), unfit, slow(3)));
        assertThat(of(voters(0, 1, 2, 3), unfit, refuses(3))).isEqualTo(PROPOSE);
    }

    @Test
    void bothHalvesOfAJointConfigurationMustRefuse() {
        Configuration joint = new Configuration(voters(0, 1, 4, 5), voters(0, 1, 2, 3), List.of());
        assertWaits(of(true, 0, joint, refuses(2), refuses(3), slow(4), slow(5)));
        assertThat(of(true, 0, joint, refuses(2), slow(3), refuses(4), slow(5))).isEqualTo(PROPOSE);
    }

    @Test
    void asManyMustRefuseAsElect() {
        VoterSet five = voters(1, 1, 2, 3, 4, 5);
        assertWaits(of(five, refuses(2), refuses(3), slow(4), slow(5)));
        assertThat(of(five, refuses(2), refuses(3), refuses(4), slow(5))).isEqualTo(PROPOSE);
    }

    @Test
    void membersOfAnOlderVersionAreGivenTime() {
        Configuration three = Configuration.of(voters(0, 1, 2, 3));
        assertWaits(of(true, VerdictDecision.UNTOLD_NANOS - 1, three, ofOldVersion(2), ofOldVersion(3)));
        assertThat(of(true, VerdictDecision.UNTOLD_NANOS, three, ofOldVersion(2), gone(3)))
                .isEqualTo(PROPOSE);
    }

    @Test
    void nothingIsProposedWhileTheLeaderTriesAgain() {
        assertWaits(of(false, 0, Configuration.of(voters(0, 1, 2, 3)), refuses(2), refuses(3)));
    }

    @Test
    void refusalsOfSeveralRequestsDoNotAddUp() {
        VoterSet three = voters(0, 1, 2, 3);
        assertThat(of(three, refusesRequest(2, 0), slow(3))).isEqualTo(PROPOSE);
        assertWaits(of(three, refusesRequest(2, 3), slow(3)));
        assertWaits(of(three, refusesRequest(2, 3), refusesRequest(3, 1)));
    }

    @Test
    void whoDoesNotSayWhichRequestItRefusesIsGivenTimeToo() {
        Configuration three = Configuration.of(voters(0, 1, 2, 3));
        assertWaits(of(true, VerdictDecision.UNTOLD_NANOS - 1, three, refusesRequest(2, -1), slow(3)));
        assertThat(of(true, VerdictDecision.UNTOLD_NANOS, three, refusesRequest(2, -1), slow(3)))
                .isEqualTo(PROPOSE);
    }

    /** A write's outcome is told by its proposer as soon as its own database has it. */
    @Test
    void aWriteOfAnEarlierTermWaitsForWhoeverMayHaveToldItsOutcome() {
        VoterSet three = voters(0, 1, 2, 3);
        assertWaits(ofEarlierTerm(0, three, refuses(2), gone(3)));
        assertWaits(ofEarlierTerm(VerdictDecision.SILENT_VOTERS_NANOS - 1, three, refuses(2), gone(3)));
        assertThat(ofEarlierTerm(VerdictDecision.SILENT_VOTERS_NANOS, three, refuses(2), gone(3)))
                .isEqualTo(PROPOSE);
        assertWaits(ofEarlierTerm(0, three, refuses(2), slow(3)));
        assertThat(ofEarlierTerm(0, three, refuses(2), refuses(3))).isEqualTo(PROPOSE);
        assertThat(ofEarlierTerm(VerdictDecision.SILENT_VOTERS_NANOS, three, refuses(2), done(3)))
                .isEqualTo(new VerdictDecision.HandOver(id(3)));
    }

    /** Such tables were told to nobody, so it does not matter who has made them. */
    @Test
    void tablesThatNobodyUsesAreRefusedByAMajority() {
        VoterSet three = voters(0, 1, 2, 3);
        assertThat(ofDefinition(Reliance.NOBODY, three, refuses(2), gone(3))).isEqualTo(PROPOSE);
        assertThat(ofDefinition(Reliance.NOBODY, three, refuses(2), done(3))).isEqualTo(PROPOSE);
        assertThat(ofDefinition(Reliance.NOBODY, three, slow(2), done(3)))
                .isEqualTo(new VerdictDecision.HandOver(id(3)));
        assertWaits(ofDefinition(Reliance.NOBODY, three, slow(2), gone(3)));
    }

    @Test
    void tablesThatRequestsNameAreNeverRefused() {
        VoterSet three = voters(0, 1, 2, 3);
        assertWaits(ofDefinition(Reliance.REQUESTS, three, refuses(2), refuses(3)));
        assertThat(ofDefinition(Reliance.REQUESTS, three, refuses(2), done(3)))
                .isEqualTo(new VerdictDecision.HandOver(id(3)));
    }

    @Test
    void whoMadeTablesAloneGivesWayToThoseWhoRefuse() {
        Configuration three = Configuration.of(voters(0, 1, 2, 3));
        assertThat(VerdictDecision.overruler(List.of(ENTRY), three, List.of(refuses(2), refuses(3))))
                .contains(id(2));
        assertThat(VerdictDecision.overruler(List.of(ENTRY), three, List.of(refuses(2), slow(3))))
                .isEmpty();
        assertThat(VerdictDecision.overruler(
                        List.of(ENTRY), three, List.of(refuses(2), standing(3, false, ENTRY - 1, ENTRY))))
                .isEmpty();
        // Who refuses the first of two definitions has not come to the second.
        assertThat(VerdictDecision.overruler(List.of(ENTRY, ENTRY + 1), three, List.of(refuses(2), refuses(3))))
                .hasValue(id(2));
    }

    /** Whatever voters have made the tables: either no verdict is possible, or nobody has been told of them. */
    @Test
    void whereTablesStandTheOthersAreTooFewForAVerdict() {
        for (int size = 1; size <= 7; size++) {
            for (int tolerance = 0; tolerance <= (size - 1) / 2; tolerance++) {
                VoterSet voters =
                        voters(tolerance, IntStream.rangeClosed(1, size).toArray());
                for (int made = 1; made < 1 << size; made += 2) {
                    int have = made;
                    List<ReplicaStatus.PeerStatus> peers = IntStream.rangeClosed(2, size)
                            .mapToObj(number -> peer(number, (have >> (number - 1) & 1) == 1 ? ENTRY : ENTRY - 1))
                            .toList();
                    boolean refused = voters.elects(id -> (have >> (id.low() - 1) & 1) == 0);
                    assertThat(UnprovenTables.stand(ENTRY, LEADER, Configuration.of(voters), peers))
                            .as("%s, made by %s", voters, Integer.toBinaryString(made))
                            .isEqualTo(!refused);
                }
            }
        }
    }

    private static ReplicaStatus.PeerStatus peer(int number, long applied) {
        Durations.Summary none = new Durations().summary();
        return new ReplicaStatus.PeerStatus(
                id(number), ReplicaStatus.PeerState.REPLICATING, applied, applied, -1, -1, 0, false, none, none);
    }
}
