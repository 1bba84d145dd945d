package io.shardeddb.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Which times and bounds a replica accepts. */
final class SettingsTest {

    private static Settings times(long heartbeat, long election, double drift) {
        return new Settings(heartbeat, election, drift, false, 1, 1, 1, 1);
    }

    @Test
    void anElectionTakesAtLeastThreeHeartbeats() {
        assertThat(times(100, 300, 0).electionTimeout()).isEqualTo(300);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> times(100, 299, 0))
                .withMessageContaining("299 ns")
                .withMessageContaining("100 ns");
        assertThatIllegalArgumentException().isThrownBy(() -> times(0, 300, 0));
    }

    @Test
    void theDriftIsAFractionBelowOne() {
        assertThat(times(100, 300, 0.99).maxClockDrift()).isEqualTo(0.99);
        for (double drift : new double[] {-0.01, 1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> times(100, 300, drift))
                    .withMessageContaining(String.valueOf(drift));
        }
    }

    @Test
    void boundsArePositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(100, 300, 0, false, 0, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(100, 300, 0, false, 1, 0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(100, 300, 0, false, 1, 1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Settings(100, 300, 0, false, 1, 1, 1, 0));
    }

    @Test
    void aLeaseEndsBeforeAnElectionEvenOnTheSlowestClock() {
        Settings settings = times(100, 330, 0.1);
        assertThat(settings.lease()).isEqualTo(300);
        assertThat((double) settings.lease() * (1 + settings.maxClockDrift()))
                .isLessThanOrEqualTo((double) settings.electionTimeout());
    }

    @Test
    void aLeaseIsAllThatChanges() {
        Settings leased = Settings.DEFAULT.withLeaderLease(true);
        assertThat(leased.leaderLease()).isTrue();
        assertThat(leased.withLeaderLease(false)).isEqualTo(Settings.DEFAULT);
    }
}
