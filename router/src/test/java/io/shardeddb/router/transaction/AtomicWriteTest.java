package io.shardeddb.router.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.ShownRow;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AtomicWriteTest {

    /** What the shards answer; an error or a reply. */
    private static final class Answers implements ShardSteps {
        private final @Nullable ErrorCode prepare;
        private final @Nullable ErrorCode decide;
        private final List<DecideStep> decisions = new ArrayList<>();

        Answers(@Nullable ErrorCode prepare, @Nullable ErrorCode decide) {
            this.prepare = prepare;
            this.decide = decide;
        }

        private static CompletableFuture<WriteReply> answer(@Nullable ErrorCode code, WriteReply reply) {
            return code == null
                    ? CompletableFuture.completedFuture(reply)
                    : CompletableFuture.failedFuture(new DatabaseException(code, "told"));
        }

        @Override
        public RequestId newAttempt(WritePlan.Part decider) {
            return RequestId.newBuilder().setNumber(1).build();
        }

        @Override
        public CompletableFuture<WriteReply> prepare(WritePlan.Part part, RequestId attempt, TransactionStep step) {
            return answer(prepare, WriteReply.getDefaultInstance());
        }

        @Override
        public CompletableFuture<WriteReply> decide(WritePlan.Part part, DecideStep step) {
            decisions.add(step);
            return answer(
                    decide,
                    WriteReply.newBuilder()
                            .setRepeated(true)
                            .setTimestamp(DECIDED)
                            .build());
        }

        @Override
        public CompletableFuture<WriteReply> end(WritePlan.Part part, RequestId attempt, TransactionStep step) {
            return CompletableFuture.completedFuture(WriteReply.getDefaultInstance());
        }

        @Override
        public void later(Runnable work, int longestMillis) {
            work.run();
        }

        private AtomicWrite.Outcome of(boolean given, boolean mayHaveRun) {
            WritePlan plan = new WritePlan("t");
            for (int i = 0; i < 2; i++) {
                plan.add(
                        new ShardEntry("s" + i, new GroupId(1, i), Interval.ALL, 1, List.of()),
                        RowOperation.getDefaultInstance());
            }
            return new AtomicWrite(this, plan, 0, given, mayHaveRun, () -> false)
                    .start()
                    .join();
        }

        private DatabaseException failure(boolean given, boolean mayHaveRun) {
            return ((AtomicWrite.Outcome.Failed) of(given, mayHaveRun)).error();
        }
    }

    /** What was sent in an earlier plan may be what this one meets: only the decider knows. */
    @Test
    void aRefusalAfterAnEarlierPlanIsJudgedByTheDecider() {
        Answers earlierIsDone = new Answers(ErrorCode.DUPLICATE_KEY, null);
        assertThat(earlierIsDone.of(false, true)).isInstanceOf(AtomicWrite.Outcome.Done.class);
        assertThat(earlierIsDone.decisions)
                .singleElement()
                .satisfies(step -> assertThat(step.hasRefusal()).isTrue());
        Answers refused = new Answers(ErrorCode.DUPLICATE_KEY, ErrorCode.DUPLICATE_KEY);
        assertThat(refused.failure(false, true).code()).isEqualTo(ErrorCode.DUPLICATE_KEY);
    }

    @Test
    void nothingIsSaidOfAnEarlierPlanThatNobodyWasAskedAbout() {
        for (ErrorCode code : List.of(ErrorCode.NO_LEADER, ErrorCode.LOCKED, ErrorCode.SCHEMA_CHANGED)) {
            DatabaseException told = new Answers(code, null).failure(false, true);
            assertThat(told.code()).as(code.name()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
            assertThat(told.details()).containsEntry(FailureChoice.CAUSE, code.name());
        }
    }

    @Test
    void aFirstPlanThatIsNotPreparedHasNotHappened() {
        for (ErrorCode code : List.of(ErrorCode.NO_LEADER, ErrorCode.LOCKED, ErrorCode.DUPLICATE_KEY)) {
            Answers answers = new Answers(code, null);
            assertThat(answers.failure(false, false).code()).isEqualTo(code);
            assertThat(answers.decisions).isEmpty();
        }
    }

    private static final long BEFORE = 3;
    private static final long PREPARED = 7;
    private static final long DECIDED = 9;

    private static ShownRow shown(long version) {
        return ShownRow.newBuilder().setVersion(version).build();
    }

    /** Else a client would send a version with its next If-Match that no row has. */
    @Test
    void rowsThatAreShownHaveTheVersionOfTheDecision() {
        WriteReply prepared = WriteReply.newBuilder()
                .setTimestamp(PREPARED)
                .addShown(shown(PREPARED))
                .addShown(shown(BEFORE))
                .addShown(ShownRow.getDefaultInstance())
                .build();
        WriteReply decided = AtomicWrite.decided(prepared, DECIDED, false);
        assertThat(decided.getTimestamp()).isEqualTo(DECIDED);
        assertThat(decided.getShownList())
                .containsExactly(shown(DECIDED), shown(BEFORE), ShownRow.getDefaultInstance());
    }
}
