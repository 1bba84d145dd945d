package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.operator.plan.LeaderBalance.Led;
import io.shardeddb.protocol.leader.LeaderScore;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaderChoiceTest {
    private LeaderMemory memory = LeaderMemory.NONE;
    private Instant now = Instant.ofEpochSecond(1_000);

    private static LeaderChoice.Term term(String shard, String leader, double delay, String... followers) {
        Map<String, Uid> members = new HashMap<>();
        Map<String, LeaderScore.Candidate> candidates = new HashMap<>();
        for (String follower : followers) {
            members.put(follower, Uid.newBuilder().setLow(follower.hashCode()).build());
            candidates.put(follower, new LeaderScore.Candidate(follower.equals("lame") ? 80 : 1, 500, 0, 0, true));
        }
        return new LeaderChoice.Term(
                new Led(shard, leader, members, false), delay, true, candidates, Map.of(), Duration.ZERO);
    }

    /** Looks once a second for so many seconds; returns the first choice. */
    private Optional<LeaderMoves.Move> look(int seconds, LeaderChoice.Term... terms) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            Optional<LeaderMoves.Move> made = look(List.of(terms));
            if (made.isPresent()) {
                return made;
            }
        }
        return Optional.empty();
    }

    /** Looks once, for speed alone: no server may lead more for balance. */
    private Optional<LeaderMoves.Move> look(List<LeaderChoice.Term> terms) {
        LeaderMoves.Decision decision = LeaderMoves.decide(memory, terms, List.of(), now);
        memory = decision.memory();
        return Optional.ofNullable(decision.move());
    }

    private Set<String> slow(List<String> servers, List<LeaderChoice.Term> terms, Instant at) {
        return LeaderChoice.slow(memory.model(), servers, terms, at);
    }

    @Test
    void leavesQuickLeadersAlone() {
        assertThat(look(100, term("sh1", "a", 2, "b", "c"), term("sh2", "b", 0.3, "a", "c")))
                .isEmpty();
    }

    @Test
    void movesOffASlowLeaderToOneThatWasQuickAfterPatience() {
        LeaderChoice.Term slow = term("sh1", "a", 60, "b", "c");
        LeaderChoice.Term quick = term("sh2", "b", 3, "a", "c");
        assertThat(look(5, slow, quick)).isEmpty();
        LeaderMoves.Move made = look(2, slow, quick).orElseThrow();
        assertThat(made.transfer().to()).isEqualTo("b");
        assertThat(made.reason()).contains("60 ms").contains("3 ms are predicted");
    }

    @Test
    void doesNothingWhereAllAreEquallySlow() {
        assertThat(look(
                        100,
                        term("sh1", "a", 150, "b", "c"),
                        term("sh2", "b", 140, "a", "c"),
                        term("sh3", "c", 160, "a", "b")))
                .isEmpty();
    }

    @Test
    void takesTheBestScoreWhereNothingIsKnownAndTheLeaderIsVerySlow() {
        assertThat(look(50, term("sh1", "a", 60, "b", "lame")))
                .as("not slow enough")
                .isEmpty();
        LeaderMoves.Move made = look(10, term("sh1", "a", 200, "b", "lame")).orElseThrow();
        assertThat(made.transfer().to()).isEqualTo("b");
        assertThat(made.reason()).contains("best score");
    }

    @Test
    void startsItsPatienceAnewWhenTheLeaderRecovers() {
        LeaderChoice.Term quick = term("sh2", "b", 3, "a", "c");
        look(4, term("sh1", "a", 60, "b", "c"), quick);
        look(1, term("sh1", "a", 5, "b", "c"), quick);
        assertThat(look(5, term("sh1", "a", 60, "b", "c"), quick)).isEmpty();
    }

    @Test
    void keepsTheMinimumTerm() {
        LeaderChoice.Term quick = term("sh2", "b", 3, "a", "c");
        assertThat(look(20, term("sh1", "a", 60, "b"), quick)).isPresent();
        assertThat(look(29, term("sh1", "c", 60, "b"), quick)).isEmpty();
        assertThat(look(2, term("sh1", "c", 60, "b"), quick)).isPresent();
    }

    @Test
    void spreadsOverThoseThatAreQuick() {
        LeaderChoice.Term[] terms = {
            term("sh1", "a", 60, "b", "c"),
            term("sh2", "b", 2, "a", "c"),
            term("sh3", "b", 2, "a", "c"),
            term("sh4", "c", 4, "a", "b")
        };
        assertThat(look(20, terms).orElseThrow().transfer().to()).isEqualTo("c");
    }

    @Test
    void leavesWhatAPersonSaidAlone() {
        LeaderChoice.Term slow = term("sh1", "a", 500, "b");
        Led fixed = new Led("sh1", "a", slow.led().followers(), true);
        assertThat(look(
                        60,
                        new LeaderChoice.Term(fixed, 500, true, slow.candidates(), Map.of(), Duration.ZERO),
                        term("sh2", "b", 2, "a")))
                .isEmpty();
    }

    @Test
    void tellsBalanceWhoIsSlow() {
        look(3, term("sh1", "a", 60, "b"), term("sh2", "b", 2, "a"));
        List<LeaderChoice.Term> later = List.of(term("sh2", "b", 2, "a"));
        assertThat(slow(List.of("a", "b", "c"), later, now)).containsExactly("a");
        assertThat(slow(List.of("a", "b", "c"), later, now.plusSeconds(700))).isEmpty();
    }

    @Test
    void callsNobodySlowWhoHasRecovered() {
        DelayModel.Features idle = new DelayModel.Features(0.1, 1, 0.5, 0);
        DelayModel.Features lame = new DelayModel.Features(0.1, 1, 200, 0);
        LeaderChoice.Term lameTerm = term("sh1", "a", 205, "b");
        LeaderChoice.Term quickTerm = term("sh2", "b", 3, "a");
        LeaderChoice.Term lamed =
                new LeaderChoice.Term(lameTerm.led(), 205, true, Map.of(), Map.of("a", lame, "b", idle), Duration.ZERO);
        LeaderChoice.Term quick =
                new LeaderChoice.Term(quickTerm.led(), 3, true, Map.of(), Map.of("b", idle, "a", lame), Duration.ZERO);
        look(4, lamed, quick);
        assertThat(slow(List.of("a", "b"), List.of(lamed, quick), now)).containsExactly("a");
        assertThat(slow(List.of("a", "b"), List.of(quick), now))
                .as("does not lead any more, and still looks lame")
                .containsExactly("a");

        LeaderChoice.Term recovered =
                new LeaderChoice.Term(quickTerm.led(), 3, true, Map.of(), Map.of("b", idle, "a", idle), Duration.ZERO);
        assertThat(slow(List.of("a", "b"), List.of(recovered), now)).isEmpty();
        LeaderChoice.Term leadsAgain =
                new LeaderChoice.Term(lameTerm.led(), 4, true, Map.of(), Map.of("a", idle, "b", idle), Duration.ZERO);
        assertThat(slow(List.of("a", "b"), List.of(leadsAgain, recovered), now))
                .as("leads, and its commits are quick")
                .isEmpty();
    }

    @Test
    void leavesALateLeaderAlsoWhenAllOthersWereLateBefore() {
        List<String> servers = List.of("a", "b", "c", "d", "e");
        servers.forEach(server -> look(5, led(server, 3, 0)));
        String leader = "a";
        for (int turn = 0; turn < 12; turn++) {
            // Part of what a leader without processor time delays it measures in its commits.
            LeaderMoves.Move made = look(40, led(leader, 90, 80)).orElseThrow();
            assertThat(made.transfer().from()).isEqualTo(leader);
            leader = made.transfer().to();
        }
    }

    /** The only shard, in which the leader is late by so much and all others are not. */
    private static LeaderChoice.Term led(String leader, double delay, double lateness) {
        Map<String, DelayModel.Features> features = new HashMap<>();
        for (String server : List.of("a", "b", "c", "d", "e")) {
            features.put(server, new DelayModel.Features(0.3, 1, 0.5, server.equals(leader) ? lateness : 0));
        }
        String[] followers = features.keySet().stream()
                .filter(server -> !server.equals(leader))
                .toArray(String[]::new);
        return new LeaderChoice.Term(
                term("sh1", leader, delay, followers).led(), delay, true, Map.of(), features, Duration.ZERO);
    }

    @Test
    void learnsNothingFromWhatIsOnlyGuessed() {
        LeaderChoice.Term slow = term("sh1", "a", 60, "b", "c");
        LeaderChoice.Term measured = term("sh2", "b", 3, "a", "c");
        LeaderChoice.Term guessed = new LeaderChoice.Term(
                measured.led(), 3, false, measured.candidates(), measured.features(), Duration.ZERO);
        assertThat(look(60, slow, guessed)).as("nothing is known of b").isEmpty();
        assertThat(look(10, slow, measured)).isPresent();
    }

    @Test
    void callsNobodySlowWhereAllAre() {
        look(3, term("sh1", "a", 60, "b"), term("sh2", "b", 50, "a"));
        assertThat(slow(List.of("a", "b", "c"), List.of(), now)).isEmpty();
    }

    @Test
    void letsOnlyClearlyWorseFollowersStandLater() {
        LeaderChoice.Term[] terms = {term("sh1", "a", 2, "b", "lame"), term("sh2", "b", 2, "a", "c")};
        assertThat(LeaderChoice.ranks(memory.model(), List.of(terms), now))
                .containsEntry("sh1", Map.of("b", 0, "lame", 1))
                .containsEntry("sh2", Map.of("a", 0, "c", 0));
    }

    @Test
    void predictsAServerThatNeverLedFromWhatIsSeenOfIt() {
        DelayModel.Features idle = new DelayModel.Features(0.1, 1, 0.5, 0);
        DelayModel.Features lame = new DelayModel.Features(0.1, 1, 60, 0);
        for (int i = 0; i < 40; i++) {
            LeaderChoice.Term slow = term("sh1", "a", 62, "b", "c");
            LeaderChoice.Term quick = term("sh2", "b", 2.5, "a", "c");
            LeaderChoice.Term one = new LeaderChoice.Term(
                    slow.led(), 62, true, Map.of(), Map.of("a", lame, "b", lame, "c", idle), Duration.ZERO);
            LeaderChoice.Term other = new LeaderChoice.Term(
                    quick.led(), 2.5, true, Map.of(), Map.of("b", idle, "c", idle), Duration.ZERO);
            now = now.plusSeconds(1);
            Optional<LeaderMoves.Move> made = look(List.of(one, other));
            if (made.isPresent()) {
                assertThat(made.get().transfer().to()).isIn("b", "c");
                assertThat(made.get().reason()).contains("ms are predicted");
                return;
            }
        }
        throw new AssertionError("the slow leader was kept");
    }

    /** A shard with one follower, b, and what is seen of the forces of both; negative: nothing is seen. */
    private static LeaderChoice.Term forces(double delay, double ofLeader, double ofFollower) {
        LeaderChoice.Term term = term("sh1", "a", delay, "b");
        Map<String, DelayModel.Features> features = new HashMap<>();
        if (ofLeader >= 0) {
            features.put("a", new DelayModel.Features(0.1, ofLeader, 0, 0));
        }
        if (ofFollower >= 0) {
            features.put("b", new DelayModel.Features(0.1, ofFollower, 0, 0));
        }
        return new LeaderChoice.Term(term.led(), delay, true, term.candidates(), features, Duration.ZERO);
    }

    private Set<String> quicker(LeaderChoice.Term term, Set<String> known) {
        return LeaderChoice.quicker(memory.model(), term, known, now);
    }

    @Test
    void callsALeaderSlowFromFiftyMillisecondsOn() {
        look(1, term("sh2", "b", 2, "a"));
        assertThat(quicker(term("sh1", "a", LeaderChoice.SLOW_MILLIS, "b"), Set.of()))
                .containsExactly("b");
        assertThat(quicker(term("sh1", "a", LeaderChoice.SLOW_MILLIS - 0.1, "b"), Set.of()))
                .isEmpty();
    }

    @Test
    void asksForTheWholeGainAndForLessOfACandidateThatHadIt() {
        look(1, term("sh2", "b", 25, "a"));
        assertThat(quicker(term("sh1", "a", 75, "b"), Set.of())).containsExactly("b");
        assertThat(quicker(term("sh1", "a", 74.9, "b"), Set.of())).isEmpty();
        assertThat(quicker(term("sh1", "a", 50, "b"), Set.of("b"))).containsExactly("b");
        assertThat(quicker(term("sh1", "a", 50, "b"), Set.of("c"))).isEmpty();
    }

    @Test
    void trustsAnUnknownCandidateOnlyUnderAVerySlowLeader() {
        assertThat(quicker(term("sh1", "a", LeaderChoice.VERY_SLOW_MILLIS, "b"), Set.of()))
                .containsExactly("b");
        assertThat(quicker(term("sh1", "a", LeaderChoice.VERY_SLOW_MILLIS - 0.1, "b"), Set.of()))
                .isEmpty();
        LeaderChoice.Term scored = term("sh1", "a", 500, "b");
        assertThat(quicker(new LeaderChoice.Term(scored.led(), 500, true, Map.of(), Map.of(), Duration.ZERO), Set.of()))
                .as("without a score")
                .isEmpty();
    }

    @Test
    void leavesALeaderOnlyForWhatIsItsOwn() {
        assertThat(quicker(forces(230, 120, 40), Set.of())).containsExactly("b");
        assertThat(quicker(forces(230, 119.9, 40), Set.of()))
                .as("not three times the candidate's")
                .isEmpty();
        assertThat(quicker(forces(241, 120, 40), Set.of()))
                .as("does not explain the delay")
                .isEmpty();
        assertThat(quicker(forces(230, 40, 120), Set.of()))
                .as("the candidate is the slower one")
                .isEmpty();
    }

    @Test
    void leavesALeaderForLessWhenTheCandidateHadTheWholeGain() {
        assertThat(quicker(forces(160, 80, 40), Set.of("b"))).containsExactly("b");
        assertThat(quicker(forces(160, 79.9, 40), Set.of("b"))).isEmpty();
        assertThat(quicker(forces(160.1, 80, 40), Set.of("b"))).isEmpty();
        assertThat(quicker(forces(160, 80, 40), Set.of())).isEmpty();
    }

    @Test
    void countsWhatWasMeasuredAloneWhereOneOfTheTwoIsNotSeen() {
        assertThat(quicker(forces(200, -1, 40), Set.of())).containsExactly("b");
        assertThat(quicker(forces(200, 0, -1), Set.of())).containsExactly("b");
        assertThat(quicker(forces(200, -1, -1), Set.of())).containsExactly("b");
    }

    @Test
    void asksNobodyWhereAPersonSaidWhoIsToLead() {
        LeaderChoice.Term slow = term("sh1", "a", 500, "b");
        Led fixed = new Led("sh1", "a", slow.led().followers(), true);
        assertThat(quicker(slow, Set.of())).containsExactly("b");
        assertThat(quicker(
                        new LeaderChoice.Term(fixed, 500, true, slow.candidates(), Map.of(), Duration.ZERO), Set.of()))
                .isEmpty();
    }

    /** Three shards on one of two servers: balance takes the first, and remembers from whom and when. */
    @Test
    void remembersWhatBalanceTookAndGivesItBackForSpeedOnlyLater() {
        LeaderChoice.Term[] crowded = {term("sh1", "a", 2, "b"), term("sh2", "a", 2, "b"), term("sh3", "a", 2, "b")};
        LeaderMoves.Decision taken = LeaderMoves.decide(memory, List.of(crowded), List.of("a", "b"), now);
        LeaderBalance.Transfer transfer = Objects.requireNonNull(taken.move()).transfer();
        LeaderMemory.Tenure tenure =
                Objects.requireNonNull(taken.memory().tenures().get(transfer.shard()));
        assertThat(tenure.takenFrom()).isEqualTo("a");
        assertThat(tenure.takenAt()).isEqualTo(now);
        assertThat(tenure.triedAt()).isEqualTo(now);

        LeaderMoves.Decision rests =
                LeaderMoves.decide(taken.memory(), List.of(crowded), List.of(), now.plusSeconds(1));
        assertThat(rests.move()).isNull();
        assertThat(Objects.requireNonNull(rests.memory().tenures().get(transfer.shard()))
                        .takenAt())
                .as("what was not moved again was not taken again")
                .isEqualTo(now);

        memory = taken.memory();
        Instant moved = now;
        LeaderChoice.Term slow = term(transfer.shard(), "b", 500, "a");
        LeaderChoice.Term quick = term("sh9", "a", 2, "b");
        assertThat(look(119, slow, quick)).isEmpty();
        assertThat(look(10, slow, quick)).isPresent();
        assertThat(now).isAfterOrEqualTo(moved.plus(LeaderMoves.NO_RETURN));
    }

    @Test
    void waitsBeforeItTriesAMoveAgainThatDidNotHappen() {
        LeaderChoice.Term slow = term("sh1", "a", 60, "b");
        LeaderChoice.Term quick = term("sh2", "b", 3, "a");
        assertThat(look(20, slow, quick)).isPresent();
        assertThat(Objects.requireNonNull(memory.tenures().get("sh1")).triedAt())
                .isEqualTo(now);
        assertThat(look(4, slow, quick)).as("told already").isEmpty();
        assertThat(look(4, slow, quick)).isPresent();
    }
}
