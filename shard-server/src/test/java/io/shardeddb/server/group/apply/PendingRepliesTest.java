package io.shardeddb.server.group.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.clock.PeerClocks;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.verdict.UnprovenTables;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class PendingRepliesTest {
    private static final long TERM = 3;

    private final List<String> answers = new ArrayList<>();
    private final PendingReplies replies = new PendingReplies(
            () -> ReplicaView.initial("sh1"),
            new Proposals(
                    new HybridClock(InstantSource.system(), System::nanoTime, new PeerClocks(), () -> false),
                    new NoService(),
                    Runnable::run,
                    () -> {},
                    () -> false),
            new UnprovenTables(),
            () -> 0);

    @Test
    void answersWithTheOutcomeOnce() {
        Portion portion = portionOf(7);
        List<EntryOutcome> outcomes = List.of(new EntryOutcome(7, List.of(), List.of(), null));

        // The store tells what is certain, and what is applied, of the same entries.
        replies.answer(portion, outcomes);
        replies.answer(portion, outcomes);
        replies.takeBack(portion);
        replies.unknown();

        assertThat(answers).containsExactly("7: done");
    }

    @Test
    void whoWasTakenBackGoesWithTheNextPortionAndIsAnsweredThere() {
        Portion failed = portionOf(7);
        replies.takeBack(failed);
        Portion next = new Portion(failed.entries(), replies.takeThrough(7), 0);

        replies.unknown();
        assertThat(answers).isEmpty();
        replies.answer(next, List.of(new EntryOutcome(7, List.of(), List.of(), null)));
        replies.unknown(failed);
        replies.unknown(next);

        assertThat(answers).containsExactly("7: done");
    }

    @Test
    void tellsOnceThatAnOutcomeIsNotKnown() {
        replies.takeBack(portionOf(7));
        replies.takeBack(portionOf(9));

        replies.unknownThrough(8);
        assertThat(answers).containsExactly("7: " + ErrorCode.OUTCOME_UNKNOWN);
        replies.unknown();
        replies.unknown();

        assertThat(answers).containsExactly("7: " + ErrorCode.OUTCOME_UNKNOWN, "9: " + ErrorCode.OUTCOME_UNKNOWN);
    }

    private Portion portionOf(long index) {
        TreeMap<Long, Proposals.Waiters> waiters = new TreeMap<>();
        waiters.put(
                index,
                new Proposals.Waiters(
                        TERM,
                        List.of(),
                        new Proposals.EntryWaiter(
                                0, (outcome, error) -> answers.add(index + ": " + (error == null ? "done" : error)))));
        return new Portion(List.of(new CommittedEntry(index, TERM, null, null)), waiters, 0);
    }

    /** Timestamps come from the clock. */
    private static final class NoService implements TimestampSource {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public long next(int count, long floor, LongConsumer then) {
            throw new IllegalStateException("the service is off");
        }

        @Override
        public void forget(long request) {}
    }
}
