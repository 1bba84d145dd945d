package io.shardeddb.router.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.forward.RetryRule.Next;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryRuleTest {

    private static DatabaseException schemaChanged(Map<String, String> details) {
        return new DatabaseException(ErrorCode.SCHEMA_CHANGED, "another version", details);
    }

    /** A shard that is behind comes to the request's version by itself; one that is ahead never comes back. */
    @ParameterizedTest
    @CsvSource({
        "schemaVersion, 6, LATER",
        "schemaVersion, 7, PLAN_ANEW",
        "schemaVersion, 8, PLAN_ANEW",
        "version, 6, LATER",
        "version, 8, PLAN_ANEW",
        "schemaVersion, x, PLAN_ANEW",
        "other, 6, PLAN_ANEW"
    })
    void aShardWithOlderTablesIsAskedAgain(String key, String version, Next next) {
        assertThat(RetryRule.after(schemaChanged(Map.of(key, version)), 7, 99)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({"1, LATER", "2, PLAN_ANEW", "3, PLAN_ANEW"})
    void aShardWithAnOlderIntervalIsAskedAgain(String epoch, Next next) {
        DatabaseException moved = new DatabaseException(ErrorCode.MOVED, "elsewhere", Map.of("epoch", epoch));
        assertThat(RetryRule.after(moved, 99, 2)).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(strings = {"schemaVersion", "version"})
    void waitsForTheTablesThatTheShardHas(String key) {
        var newer = RetryRule.newer(topology(3), schemaChanged(Map.of(key, "5")));
        assertThat(newer.test(topology(4))).isFalse();
        assertThat(newer.test(topology(5))).isTrue();
        assertThat(newer.test(topology(6))).isTrue();
    }

    /** As when the same version means other tables, or a server says nothing of versions. */
    @ParameterizedTest
    @ValueSource(strings = {"3", "x"})
    void waitsForAnyOtherTopologyWhereNoNewerVersionIsNamed(String version) {
        var newer = RetryRule.newer(topology(3), schemaChanged(Map.of("schemaVersion", version)));
        assertThat(newer.test(topology(3))).isFalse();
        assertThat(newer.test(topology(4))).isTrue();
    }

    private static Topology topology(long version) {
        return new Topology(new DatabaseSchema(version, Strategy.RANGE, List.of()), List.of(), List.of());
    }

    private static WriteRequest sent(IdOrigin origin, long issued) {
        return WriteRequest.newBuilder()
                .setIdOrigin(origin)
                .setContentHash(9)
                .setRequest(RequestId.newBuilder().setIssuedAtMillis(issued))
                .build();
    }

    private static RetryRule.Under under(ErrorCode code, WriteRequest sent) {
        return RetryRule.under(new DatabaseException(code, "x"), sent, 1_000_000);
    }

    @Test
    void makesAnotherIdForItsOwnAloneAndOnlyForItsTime() {
        WriteRequest own = sent(IdOrigin.ID_OF_SENDER, 1_040_000);
        assertThat(under(ErrorCode.REQUEST_TIME, own)).isEqualTo(RetryRule.Under.A_NEW_ID);
        assertThat(under(ErrorCode.REQUEST_EXPIRED, own)).isEqualTo(RetryRule.Under.A_NEW_ID);
        assertThat(under(ErrorCode.MALFORMED_REQUEST, own)).isEqualTo(RetryRule.Under.A_NEW_ID);
        assertThat(under(ErrorCode.MALFORMED_REQUEST, sent(IdOrigin.ID_OF_SENDER, 1_000_000)))
                .isEqualTo(RetryRule.Under.THE_SAME);
        assertThat(under(ErrorCode.OUTCOME_UNKNOWN, own)).isEqualTo(RetryRule.Under.THE_SAME);
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(under(code, sent(IdOrigin.ID_OF_CLIENT, 1_040_000))).isNotEqualTo(RetryRule.Under.A_NEW_ID);
        }
    }

    @Test
    void asksForARecordOfAnOlderVersionOnce() {
        WriteRequest mine = sent(IdOrigin.ID_OF_CLIENT, 1_000_000);
        assertThat(under(ErrorCode.REQUEST_CHANGED, mine)).isEqualTo(RetryRule.Under.A_HASH_OF_ROWS);
        assertThat(under(
                        ErrorCode.REQUEST_CHANGED,
                        mine.toBuilder().clearContentHash().build()))
                .isEqualTo(RetryRule.Under.THE_SAME);
        DatabaseException bySent = new DatabaseException(ErrorCode.REQUEST_CHANGED, "x", Map.of("knownBy", "sent"));
        assertThat(RetryRule.under(bySent, mine, 0)).isEqualTo(RetryRule.Under.THE_SAME);
    }

    /** A decision that may have run must not be followed by a release of the others. */
    @Test
    void aDecisionThatMayHaveRunIsNotGivenUpAtALock() {
        TransactionStep prepare = TransactionStep.newBuilder()
                .setPrepare(PrepareStep.getDefaultInstance())
                .build();
        TransactionStep decide = TransactionStep.newBuilder()
                .setDecide(DecideStep.getDefaultInstance())
                .build();
        assertThat(RetryRule.endsAttempt(decide, ErrorCode.LOCKED, false)).isTrue();
        assertThat(RetryRule.endsAttempt(decide, ErrorCode.LOCKED, true)).isFalse();
        assertThat(RetryRule.endsAttempt(prepare, ErrorCode.LOCKED, true)).isTrue();
        assertThat(RetryRule.endsAttempt(TransactionStep.getDefaultInstance(), ErrorCode.LOCKED, false))
                .isFalse();
        assertThat(RetryRule.endsAttempt(decide, ErrorCode.TRANSACTION_RELEASED, true))
                .isTrue();
        assertThat(RetryRule.endsAttempt(decide, ErrorCode.NO_LEADER, false)).isFalse();
    }
}
