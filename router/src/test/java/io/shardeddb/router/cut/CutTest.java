package io.shardeddb.router.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutLock;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A cut over shards that a test plays: each question is answered when the test says so. */
class CutTest {
    private static final CutReply SAME = CutReply.getDefaultInstance();
    private static final CutReply CHANGED =
            CutReply.newBuilder().setChanged(true).build();
    private static final RequestId ATTEMPT =
            RequestId.newBuilder().setClient("router").setNumber(3).build();
    private static final CutReply LOCKED = CutReply.newBuilder()
            .addLocks(CutLock.newBuilder()
                    .setAttempt(ATTEMPT.toBuilder().setIssuedAtMillis(5))
                    .setDecider(
                            Participant.newBuilder().setGroup(Uid.newBuilder().setHigh(9))))
            .build();

    private final Shards shards = new Shards();

    /** What was asked, in order, each with its answer to come. */
    private static final class Shards implements CutSteps<String> {
        private final List<String> asked = new ArrayList<>();
        private final List<String> dropped = new ArrayList<>();
        private final List<Integer> gateMillis = new ArrayList<>();
        private final Map<String, CompletableFuture<Object>> answers = new HashMap<>();
        private final List<Runnable> later = new ArrayList<>();
        private boolean time = true;

        @SuppressWarnings("unchecked")
        private <T> CompletableFuture<T> ask(String what) {
            asked.add(what);
            CompletableFuture<Object> answer = new CompletableFuture<>();
            answers.put(what, answer);
            return (CompletableFuture<T>) (CompletableFuture<?>) answer;
        }

        void answer(String what, Object answer) {
            assertThat(answers).containsKey(what);
            CompletableFuture<Object> waiting = Objects.requireNonNull(answers.remove(what));
            if (answer instanceof Throwable failure) {
                waiting.completeExceptionally(failure);
            } else {
                waiting.complete(answer);
            }
        }

        List<String> takeAsked() {
            List<String> taken = List.copyOf(asked);
            asked.clear();
            return taken;
        }

        @Override
        public CompletableFuture<CutView<String>> open(int part, @Nullable CutPart how) {
            if (how != null && how.getGate() != 0 && part == 0) {
                gateMillis.add(how.getGateMillis());
            }
            String way = how == null
                    ? " alone"
                    : (how.getGate() == 0 ? "" : " behind a gate")
                            + (how.getDecidedCount() == 0 ? "" : " with what was decided");
            return ask("open " + part + way);
        }

        @Override
        public void drop(String value) {
            dropped.add(value);
        }

        @Override
        public CompletableFuture<CutReply> check(int part, long index, long gate) {
            return ask("check " + part + " at " + index + (gate == 0 ? "" : " behind a gate"));
        }

        @Override
        public CompletableFuture<CutReply> decided(Participant decider, List<RequestId> attempts) {
            return ask(
                    "decided " + attempts.size() + " by " + decider.getGroup().getHigh());
        }

        @Override
        public boolean isFinal(Throwable failure) {
            return failure instanceof DatabaseException error && error.code() != ErrorCode.NO_LEADER;
        }

        @Override
        public Throwable failure(Map<Integer, Throwable> failures) {
            return failures.values().iterator().next();
        }

        @Override
        public Throwable timedOut() {
            return new DatabaseException(ErrorCode.READ_TIMED_OUT, "no common moment");
        }

        @Override
        public boolean hasTime() {
            return time;
        }

        @Override
        public void later(Runnable work, int longestMillis) {
            later.add(work);
        }

        @Override
        public long newGate() {
            return 77;
        }
    }

    private static CutView<String> view(String value, long index) {
        return new CutView<>(value, index);
    }

    private CompletableFuture<List<String>> begun() {
        CompletableFuture<List<String>> read = new Cut<>(shards, 2).start();
        shards.answer("open 1", view("b", 20));
        shards.answer("open 0", view("a", 10));
        return read;
    }

    @Test
    void asksNobodyBeforeAllViewsAreOpen() {
        CompletableFuture<List<String>> read = new Cut<>(shards, 2).start();
        shards.answer("open 1", view("b", 20));
        assertThat(shards.takeAsked()).containsExactly("open 0", "open 1");

        shards.answer("open 0", view("a", 10));
        assertThat(shards.takeAsked()).containsExactly("check 0 at 10", "check 1 at 20");

        shards.answer("check 0 at 10", SAME);
        assertThat(read).isNotDone();
        shards.answer("check 1 at 20", SAME);
        assertThat(read).isCompletedWithValue(List.of("a", "b"));
        assertThat(shards.dropped).isEmpty();
    }

    /** The moment is a later one then: the others are asked again too. */
    @Test
    void opensAgainWhatLacksSomethingAndChecksAll() {
        CompletableFuture<List<String>> read = begun();
        shards.answer("check 0 at 10", SAME);
        shards.answer("check 1 at 20", CHANGED);
        assertThat(shards.dropped).containsExactly("b");

        shards.takeAsked();
        shards.answer("open 1", view("c", 21));
        assertThat(shards.takeAsked()).containsExactly("check 0 at 10", "check 1 at 21");
        shards.answer("check 0 at 10", SAME);
        shards.answer("check 1 at 21", SAME);

        assertThat(read).isCompletedWithValue(List.of("a", "c"));
    }

    @Test
    void asksForAGateAfterThreeTries() {
        CompletableFuture<List<String>> read = begun();
        for (int tries = 0; tries < 3; tries++) {
            shards.answer("check 0 at 10", SAME);
            shards.answer("check 1 at 20", CHANGED);
            if (tries < 2) {
                shards.answer("open 1", view("b", 20));
            }
        }
        shards.takeAsked();
        shards.later.removeFirst().run();
        assertThat(shards.takeAsked()).containsExactly("open 0 behind a gate", "open 1 behind a gate");
        shards.answer("open 0 behind a gate", view("d", 30));
        shards.answer("open 1 behind a gate", view("e", 40));
        shards.answer("check 0 at 30 behind a gate", SAME);
        shards.answer("check 1 at 40 behind a gate", SAME);

        assertThat(read).isCompletedWithValue(List.of("d", "e"));
        assertThat(shards.dropped).containsExactlyInAnyOrder("b", "b", "b", "a");
    }

    /** Where a short pause of writers never suffices, the read still comes to an end. */
    @Test
    void asksForLongerGatesEachTime() {
        var _ = begun();
        for (int tries = 0; tries < 3; tries++) {
            shards.answer("check 0 at 10", SAME);
            shards.answer("check 1 at 20", CHANGED);
            if (tries < 2) {
                shards.answer("open 1", view("b", 20));
            }
        }
        for (int tries = 0; tries < 9; tries++) {
            shards.later.removeFirst().run();
            shards.answer("open 0 behind a gate", view("a", 10));
            shards.answer("open 1 behind a gate", view("b", 20));
            shards.answer("check 0 at 10 behind a gate", CHANGED);
            shards.answer("check 1 at 20 behind a gate", CHANGED);
        }

        assertThat(shards.gateMillis).containsExactly(20, 40, 80, 160, 320, 640, 1280, 1280, 1280);
    }

    @Test
    void takesALockForNothingWhereTheDeciderHasNotDecided() {
        CompletableFuture<List<String>> read = begun();
        shards.answer("check 0 at 10", LOCKED);
        shards.answer("check 1 at 20", SAME);
        shards.answer("decided 1 by 9", SAME);
        assertThat(read).isNotDone();
        // It may have decided, and forgotten that since.
        shards.answer("check 0 at 10", LOCKED);

        assertThat(read).isCompletedWithValue(List.of("a", "b"));
    }

    @Test
    void readsAgainWhereTheLockHasGoneMeanwhile() {
        CompletableFuture<List<String>> read = begun();
        shards.answer("check 0 at 10", LOCKED);
        shards.answer("check 1 at 20", SAME);
        shards.answer("decided 1 by 9", SAME);
        shards.takeAsked();
        shards.answer("check 0 at 10", CHANGED);

        assertThat(read).isNotDone();
        assertThat(shards.takeAsked()).containsExactly("open 0");
    }

    @Test
    void waitsForWhatWasDecided() {
        CompletableFuture<List<String>> read = begun();
        shards.answer("check 0 at 10", LOCKED);
        shards.answer("check 1 at 20", SAME);
        shards.takeAsked();
        shards.answer(
                "decided 1 by 9", CutReply.newBuilder().addDecided(ATTEMPT).build());

        assertThat(read).isNotDone();
        assertThat(shards.takeAsked()).containsExactly("open 0 with what was decided");
    }

    @Test
    void readsEachShardAloneWhereAServerKnowsNoCuts() {
        CompletableFuture<List<String>> read = begun();
        shards.answer("check 0 at 10", SAME);
        shards.answer("check 1 at 20", new DatabaseException(ErrorCode.MALFORMED_REQUEST, "unknown"));
        shards.answer("open 0 alone", view("d", 30));
        shards.answer("open 1 alone", view("e", 40));

        assertThat(read).isCompletedWithValue(List.of("d", "e"));
        assertThat(shards.dropped).containsExactly("a", "b");
    }

    @Test
    void endsAtOnceWhenOneShardSaysForGoodThatItCannot() {
        CompletableFuture<List<String>> read = new Cut<>(shards, 2).start();
        shards.answer("open 0", new DatabaseException(ErrorCode.SCHEMA_CHANGED, "new tables"));
        assertThat(read).isCompletedExceptionally();

        shards.answer("open 1", view("late", 20));
        assertThat(shards.dropped).containsExactly("late");
    }

    @Test
    void dropsWhatItHasWhenAShardFails() {
        CompletableFuture<List<String>> read = new Cut<>(shards, 2).start();
        shards.answer("open 0", new DatabaseException(ErrorCode.NO_LEADER, "nobody leads"));
        assertThat(read).isNotDone();

        shards.answer("open 1", view("b", 20));
        assertThat(read).isCompletedExceptionally();
        assertThat(shards.dropped).containsExactly("b");
    }

    @Test
    void endsWhenItsTimeIsOver() {
        CompletableFuture<List<String>> read = begun();
        shards.time = false;
        shards.answer("check 0 at 10", CHANGED);
        shards.answer("check 1 at 20", SAME);

        assertThat(read).isCompletedExceptionally();
        assertThat(shards.dropped).containsExactly("a", "b");
    }
}
