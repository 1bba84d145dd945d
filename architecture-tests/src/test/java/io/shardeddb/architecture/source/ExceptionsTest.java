package io.shardeddb.architecture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A list of exceptions may shrink and not grow. */
final class ExceptionsTest {

    private static final Map<String, Long> LISTED = Map.of("a", 12L);

    @Test
    void aPlaceAboveTheLimitIsAFault() {
        assertThat(Exceptions.faults(LISTED, "lines", 10, Map.of("a", 11L, "b", 11L)))
                .containsExactly("b: 11 lines, at most 10 are allowed");
    }

    @Test
    void anExceptionIsNoLeaveToGrow() {
        assertThat(Exceptions.faults(LISTED, "lines", 10, Map.of("a", 13L)))
                .containsExactly("a: 13 lines, at most 12 are allowed");
    }

    @Test
    void anEntryThatIsNoLongerNeededIsAFault() {
        assertThat(Exceptions.faults(LISTED, "lines", 10, Map.of("a", 10L)))
                .singleElement()
                .asString()
                .startsWith("a: has at most 10 lines");
        assertThat(Exceptions.faults(LISTED, "lines", 10, Map.of())).hasSize(1);
    }

    @Test
    void shrinkingLowersAndRemovesAndNeverAdds() {
        List<String> lines = List.of("# why", "long a 12", "long b 12", "long c 12", "wide a 3");

        assertThat(Exceptions.shrunk(lines, "long", 10, Map.of("a", 11L, "b", 10L, "c", 14L, "d", 20L)))
                .containsExactly("# why", "long a 11", "long c 12", "wide a 3");
    }

    @Test
    void aListThatCannotBeReadIsAnError() {
        assertThatThrownBy(() -> Exceptions.entries(List.of("long a"), "long")).hasMessageContaining("'long a'");
        assertThatThrownBy(() -> Exceptions.entries(List.of("long a 1", "long a 2"), "long"))
                .hasMessageContaining("twice");
    }
}
