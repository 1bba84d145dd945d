package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.Reason;
import io.shardeddb.operator.plan.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HysteresisTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = START.plus(Hysteresis.MOMENT);
    private static final Refusal NO_LEADER = new Refusal("server a", Reason.QuorumLost, "shard s has no leader now");
    private static final Refusal TOO_FEW = new Refusal("shard s", Reason.NotEnoughServers, "3 copies, 2 servers");

    @Test
    void aVerdictStandsWhenEveryLookOfAMomentReachedIt() {
        Hysteresis first = Hysteresis.NONE.after(Set.of("bad"), START);
        assertThat(first.stood("bad", START)).isFalse();
        Hysteresis second = first.after(Set.of("bad"), LATER);
        assertThat(second.stood("bad", LATER)).isTrue();
        assertThat(second.stood("worse", LATER)).isFalse();
    }

    @Test
    void oneGoodLookBeginsTheMomentAnew() {
        Hysteresis again = Hysteresis.NONE
                .after(Set.of("bad"), START)
                .after(Set.of(), START.plusSeconds(1))
                .after(Set.of("bad"), LATER);
        assertThat(again.stood("bad", LATER)).isFalse();
    }

    @Test
    void holdsBackOnlyRefusalsThatMayPassByThemselves() {
        List<Refusal> refusals = List.of(NO_LEADER, TOO_FEW);
        Hysteresis standing = Hysteresis.NONE.after(refusals, START);
        assertThat(standing.told(refusals, "", START)).containsExactly(TOO_FEW);
        assertThat(standing.told(refusals, "", LATER)).containsExactly(NO_LEADER, TOO_FEW);
    }

    @Test
    void anOperatorThatStartsAnewTellsOnWhatWasTold() {
        List<Refusal> refusals = List.of(NO_LEADER);
        Hysteresis fresh = Hysteresis.NONE.after(refusals, START);
        assertThat(fresh.told(refusals, NO_LEADER.toString(), START)).containsExactly(NO_LEADER);
    }
}
