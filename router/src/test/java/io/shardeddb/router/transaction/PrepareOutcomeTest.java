package io.shardeddb.router.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrepareOutcomeTest {

    private static PrepareOutcome.Prepared prepared(@Nullable ErrorCode code) {
        ShardEntry shard = new ShardEntry("sh1", new GroupId(1, 2), Interval.ALL, 1, List.of());
        WritePlan.Part part = new WritePlan.Part(shard, List.of(), List.of(), List.of());
        return code == null
                ? new PrepareOutcome.Prepared(part, WriteReply.getDefaultInstance(), null)
                : new PrepareOutcome.Prepared(part, null, new DatabaseException(code, "as the test says"));
    }

    private static PrepareOutcome of(@Nullable ErrorCode... codes) {
        return PrepareOutcome.of(
                Arrays.stream(codes).map(PrepareOutcomeTest::prepared).toList());
    }

    @Test
    void decidesWhenAllArePrepared() {
        assertThat(of(null, null)).isInstanceOf(PrepareOutcome.Decide.class);
    }

    @Test
    void triesAgainWhatPasses() {
        assertThat(of(null, ErrorCode.LOCKED)).isInstanceOf(PrepareOutcome.TryAgain.class);
    }

    @Test
    void theRequestsOwnDataCountMoreThanWhatPasses() {
        assertThat(of(ErrorCode.LOCKED, ErrorCode.NO_LEADER, ErrorCode.DUPLICATE_KEY))
                .isInstanceOf(PrepareOutcome.Refuse.class);
        assertThat(of(ErrorCode.LOCKED, ErrorCode.NO_LEADER)).isInstanceOf(PrepareOutcome.GiveUp.class);
    }

    /** Before the decision it is always known that nothing was done. */
    @Test
    void neverTellsAnUnknownOutcome() {
        PrepareOutcome outcome = of(null, ErrorCode.OUTCOME_UNKNOWN);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PrepareOutcome.GiveUp.class,
                        given -> assertThat(given.because().error().code()).isEqualTo(ErrorCode.NO_LEADER));
    }
}
