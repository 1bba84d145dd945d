package io.shardeddb.protocol.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shardeddb.protocol.leader.LeaderScore.Candidate;
import org.junit.jupiter.api.Test;

class LeaderScoreTest {

    @Test
    void isFortyFortyTwenty() {
        // 0.4 / (3 + 1) + 0.4 * 99 / (99 + 100 * 1 + 1) + 0.2 / (1 + 1)
        assertThat(LeaderScore.of(new Candidate(3, 99, 1, 1, true))).isCloseTo(0.1 + 0.198 + 0.1, within(1e-9));
    }

    @Test
    void isNothingForWhoMayNotLead() {
        assertThat(LeaderScore.of(new Candidate(0, 1_000, 0, 0, false))).isZero();
    }

    @Test
    void prefersTheQuickTheSteadyAndTheComplete() {
        double good = LeaderScore.of(new Candidate(1, 1_000, 0, 0, true));
        assertThat(LeaderScore.of(new Candidate(10, 1_000, 0, 0, true))).isLessThan(good);
        assertThat(LeaderScore.of(new Candidate(1, 1_000, 5, 0, true))).isLessThan(good);
        assertThat(LeaderScore.of(new Candidate(1, 1_000, 0, 9, true))).isLessThan(good);
    }
}
