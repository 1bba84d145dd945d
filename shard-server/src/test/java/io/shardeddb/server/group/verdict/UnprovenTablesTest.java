package io.shardeddb.server.group.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Role;
import io.shardeddb.server.store.EntryOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member that made the tables of two definitions while it followed, and leads before either is known to stand. */
class UnprovenTablesTest {
    private final UnprovenTables tables = new UnprovenTables();
    private final List<Long> told = new ArrayList<>();

    @BeforeEach
    void twoAreMade() {
        tables.add(new UnprovenTables.Made(10, outcome(10), 2, 1));
        tables.add(new UnprovenTables.Made(12, outcome(12), 3, 2));
    }

    private static EntryOutcome outcome(long index) {
        return new EntryOutcome(index, List.of(), List.of(), null);
    }

    @Test
    void neitherIsTold() {
        assertThat(tables.told(Role.LEADER, 3)).isEqualTo(1);
        assertThat(tables.hold(Role.LEADER)).isTrue();
        assertThat(tables.hold(Role.FOLLOWER)).isFalse();
        assertThat(tables.entries()).containsExactly(10L, 12L);
    }

    @Test
    void theFirstIsProvenByItself() {
        tables.prove(entry -> entry == 10, outcome -> told.add(outcome.index()));
        assertThat(told).containsExactly(10L);
        assertThat(tables.told(Role.LEADER, 3)).isEqualTo(2);
        assertThat(tables.entries()).containsExactly(12L);
    }

    @Test
    void theSecondIsNotProvenBeforeTheFirst() {
        tables.prove(entry -> entry == 12, outcome -> told.add(outcome.index()));
        assertThat(told).isEmpty();
        assertThat(tables.told(Role.LEADER, 3)).isEqualTo(1);
    }

    @Test
    void afterBothAreProvenNothingWaits() {
        tables.prove(entry -> true, outcome -> told.add(outcome.index()));
        assertThat(told).containsExactly(10L, 12L);
        assertThat(tables.told(Role.LEADER, 3)).isEqualTo(3);
        assertThat(tables.hold(Role.LEADER)).isFalse();
        assertThat(tables.isInDoubt()).isFalse();
    }
}
