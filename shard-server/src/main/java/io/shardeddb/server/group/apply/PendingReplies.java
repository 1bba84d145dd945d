package io.shardeddb.server.group.apply;

import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.verdict.UnprovenTables;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.store.EntryOutcome;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Who waits for the outcomes of committed entries. A waiter is in one place: here, or with the {@link Portion} that is
 * being applied. Anyone who answers takes it out of that place first, so that each is answered once: with an outcome,
 * or with the word that nobody knows it. Used on the loop.
 */
final class PendingReplies {

    private final Supplier<ReplicaView> view;
    private final Proposals proposals;
    private final UnprovenTables tables;
    private final LongSupplier nanos;
    private final TreeMap<Long, Proposals.Waiters> waiting = new TreeMap<>();

    /**
     * @param view the replica as others see it now
     * @param proposals who waits before an entry is committed
     * @param nanos the monotonic clock
     */
    PendingReplies(Supplier<ReplicaView> view, Proposals proposals, UnprovenTables tables, LongSupplier nanos) {
        this.view = view;
        this.proposals = proposals;
        this.tables = tables;
        this.nanos = nanos;
    }

    /** Takes out those who wait for entries up to an index, for the portion that has these. */
    NavigableMap<Long, Proposals.Waiters> takeThrough(long last) {
        waiting.putAll(proposals.takeThrough(last));
        NavigableMap<Long, Proposals.Waiters> head = waiting.headMap(last, true);
        TreeMap<Long, Proposals.Waiters> taken = new TreeMap<>(head);
        head.clear();
        return taken;
    }

    /**
     * A portion came to nothing, or nobody may be told yet what it came to: those who wait for it go on waiting here.
     */
    void takeBack(Portion portion) {
        waiting.putAll(portion.takeWaiters());
    }

    /**
     * Answers the waiting client. A client that reads its own write afterwards waits until it is applied, as every
     * reader does.
     */
    void answer(Portion done, List<EntryOutcome> outcomes) {
        ReplicaView seen = view.get();
        long first = done.entries().getFirst().index();
        NavigableMap<Long, Proposals.Waiters> all = done.takeWaiters();
        // It leads no more where it applies behind unproven tables, and another leader may refuse those.
        long certain = tables.isInDoubt() ? Long.MAX_VALUE : first;
        all.headMap(certain, false).values().forEach(waiters -> Proposals.answerUnknown(waiters, seen));
        all.tailMap(certain, true).forEach((index, waiters) -> {
            int at = (int) (index - first);
            Proposals.answer(waiters, done.entries().get(at).term(), outcomes.get(at), seen);
        });
        proposals.answeredTo(done.entries().getLast().index(), nanos.getAsLong());
    }

    /** Answers those who wait here for one entry. */
    void answer(EntryOutcome outcome, GroupLog log) {
        Proposals.Waiters waiters = waiting.remove(outcome.index());
        if (waiters != null) {
            Proposals.answer(waiters, log.term(outcome.index()), outcome, view.get());
        }
    }

    /** Tells everybody who waits here that the outcome is not known. */
    void unknown() {
        unknown(waiting);
    }

    /** Tells everybody who waits for a portion that the outcome is not known. */
    void unknown(Portion portion) {
        unknown(portion.takeWaiters());
    }

    /** The rows are at an index, and nobody here saw the outcome of the entries up to it. */
    void unknownThrough(long applied) {
        // Applied by a transaction whose answer was lost: that their results are not known is the truth.
        unknown(waiting.headMap(applied, true));
        // Neither does anybody know the outcome of entries that a copy leapt over. The log is not asked: it may not
        // have followed the copy yet, and then shows what was replaced.
        proposals.leapt(applied, view.get());
        unknown(proposals.takeThrough(applied));
        proposals.answeredTo(applied, nanos.getAsLong());
    }

    /** Answers those whose time is over. */
    void expire(long now) {
        waiting.replaceAll((index, waiters) -> Proposals.expired(waiters, now, view.get()));
    }

    private void unknown(NavigableMap<Long, Proposals.Waiters> some) {
        List<Proposals.Waiters> taken = List.copyOf(some.values());
        some.clear();
        taken.forEach(waiters -> Proposals.answerUnknown(waiters, view.get()));
    }
}
