package io.shardeddb.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.server.group.VerdictDecision.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        return new Standing(id(number), true, heard, true, applied, refused);
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

    private static VerdictDecision of(boolean told, long refusedFor, Configuration configuration, Standing... others) {
        return VerdictDecision.of(ENTRY, LEADER, told, refusedFor, configuration, List.of(others));
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
        assertWaits(of(voters(0, 1, 2, 3), new Standing(id(2), true, true, false, ENTRY, -1), refuses(3)));
    }

    @Test
    void whoIsNoVoterOrNoGoodIsNotAsked() {
        assertThat(of(voters(0, 1, 2, 3), refuses(2), refuses(3), done(4))).isEqualTo(PROPOSE);
        assertWaits(of(voters(0, 1, 2, 3), refuses(4), slow(2), slow(3)));
        Standing unfit = new Standing(id(2), false, true, true, ENTRY, ENTRY);
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
}
