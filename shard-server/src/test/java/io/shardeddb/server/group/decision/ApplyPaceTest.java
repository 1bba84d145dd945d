package io.shardeddb.server.group.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long rows wait that nobody waits for. */
final class ApplyPaceTest {

    @ParameterizedTest
    @CsvSource({"0, 100", "1, 100", "5, 100", "20, 400", "50, 1000", "100, 1000", "100000, 1000"})
    void waitsLongerWithMoreReplicasButNeverLong(int replicas, long millis) {
        assertThat(ApplyPace.nanos(replicas)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
