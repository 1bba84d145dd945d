package io.shardeddb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.VoterSet;
import io.shardeddb.crds.SpecLimits;
import org.junit.jupiter.api.Test;

/** Bounds that two modules must have alike, of which neither knows the other. */
final class SameBoundsTest {

    @Test
    void aSpecAsksForNoMoreCopiesThanASetOfVotersHolds() {
        assertThat(SpecLimits.REPLICAS).isEqualTo(VoterSet.MAX_VOTERS);
        assertThat(SpecLimits.FAULT_TOLERANCE).isEqualTo((VoterSet.MAX_VOTERS - 1) / 2);
    }
}
