package io.shardeddb.router.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a router that leaves service may stop listening. */
class DrainingTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, false",
        "2999, 2999, false",
        "3000, 1000, true",
        "3000, 999, false",
        "9999, 0, false",
        "10000, 0, true"
    })
    void waitsUntilNobodySendsAnyMoreButNotForever(long sinceMillis, long quietMillis, boolean over) {
        assertThat(Draining.isOver(Duration.ofMillis(sinceMillis), Duration.ofMillis(quietMillis)))
                .isEqualTo(over);
    }
}
