package io.shardeddb.router.http.adaptive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AvoidedTest {
    private static final List<String> ALL = List.of("a", "b", "c");

    private final Avoided avoided = new Avoided();

    @Test
    void takesTurns() {
        assertThat(List.of(choose(0, 1), choose(1, 1), choose(2, 1), choose(3, 1)))
                .containsExactly("a", "b", "c", "a");
    }

    @Test
    void passesOverWhatFailedAndTriesItOnceInAWhile() {
        avoided.failed("b", 1);
        assertThat(choose(1, 2)).isEqualTo("c");
        assertThat(choose(1, 1 + Avoided.NANOS)).as("one tries").isEqualTo("b");
        assertThat(choose(1, 2 + Avoided.NANOS)).as("the others do not").isEqualTo("c");
        avoided.answered("b");
        assertThat(choose(1, 3 + Avoided.NANOS)).isEqualTo("b");
    }

    @Test
    void takesTheOneInTurnWhenAllFailed() {
        ALL.forEach(address -> avoided.failed(address, 1));
        assertThat(choose(2, 2)).isEqualTo("c");
    }

    private String choose(int turn, long now) {
        return avoided.choose(ALL, turn, now);
    }
}
