package io.shardeddb.server.group;

import io.shardeddb.consensus.Outcome;
import io.shardeddb.consensus.Replica;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.EntryOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What clients wait for in one group. Waiting writes are merged into one entry while earlier entries are on their way; when none
 * is, a write is proposed at once. Confined to the loop; answers may be given by any thread.
 */
final class Proposals {
    private static final int MAX_WAITING = 8192;
    private static final int MAX_REQUESTS_PER_ENTRY = 1024;
    private static final int MAX_BYTES_PER_ENTRY = 4 << 20;
    /** Entries on their way to a quorum at the same time. */
    private static final int MAX_UNCOMMITTED = 2;
    /**
     * While an entry is on its way, this many requests must wait to be worth another one: an entry costs every member a record, a
     * message and a transaction, however few requests it carries.
     */
    private static final int WORTH_ANOTHER_ENTRY = 32;

    private final HybridClock clock;
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private final TreeMap<Long, Waiters> proposed = new TreeMap<>();
    private long committed;

    /** Who waits for an entry: the writers of a batch, or one caller who waits for the entry itself. */
    record Waiters(
            long term, List<Pending> writes, @Nullable EntryWaiter entry) {}

    /**
     * @param deadline as {@link System#nanoTime}
     * @param outcome takes the outcome or why there is none
     */
    record EntryWaiter(long deadline, BiConsumer<@Nullable EntryOutcome, @Nullable ErrorCode> outcome) {}

    Proposals(HybridClock clock) {
        this.clock = clock;
    }

    boolean isIdle() {
        return waiting.isEmpty() && proposed.isEmpty();
    }

    /** Takes a write, unless too many wait. */
    boolean offer(Pending write) {
        return waiting.size() < MAX_WAITING && waiting.add(write);
    }

    void committedTo(long index) {
        committed = Math.max(committed, index);
    }

    /** Proposes what waits, if it is time to. */
    void propose(Replica core, ReplicaView view, long now) {
        while (mayPropose()) {
            WriteBatch.Builder batch = WriteBatch.newBuilder();
            List<Pending> writes = new ArrayList<>();
            int bytes = 0;
            Pending next = waiting.peek();
            while (next != null && writes.size() < MAX_REQUESTS_PER_ENTRY && bytes < MAX_BYTES_PER_ENTRY) {
                bytes += next.request().getSerializedSize();
                batch.addRequests(next.request());
                writes.add(waiting.remove());
                next = waiting.peek();
            }
            LoggedCommand.Builder command = LoggedCommand.newBuilder().setWrite(batch);
            if (!propose(core, command, new Waiters(0, writes, null), now, view)) {
                return;
            }
        }
    }

    private boolean mayPropose() {
        int underWay = proposed.tailMap(committed, false).size();
        return underWay == 0 ? !waiting.isEmpty() : underWay < MAX_UNCOMMITTED && waiting.size() >= WORTH_ANOTHER_ENTRY;
    }

    /** Proposes a command of the server's own. */
    void propose(Replica core, LoggedCommand.Builder command, EntryWaiter waiter, long now, ReplicaView view) {
        propose(core, command, new Waiters(0, List.of(), waiter), now, view);
    }

    private boolean propose(Replica core, LoggedCommand.Builder command, Waiters waiters, long now, ReplicaView view) {
        if (!clock.isTrusted()) {
            refuse(waiters, ErrorCode.READ_ONLY, "this server's clock is far ahead of the others'", view);
            return false;
        }
        LoggedCommand stamped = command.setTimestamp(clock.next()).build();
        switch (core.propose(List.of(CommandPayload.of(stamped)), now)) {
            case Outcome.Accepted(long index, long term) -> {
                proposed.put(index, new Waiters(term, waiters.writes(), waiters.entry()));
                return true;
            }
            case Outcome.Refused(var reason, var leader) -> {
                switch (reason) {
                    case BUSY -> refuse(waiters, ErrorCode.OVERLOADED, "too much waits to be committed", view);
                    default -> refuse(waiters, ErrorCode.NOT_LEADER, Answers.notLeaderText(view), view);
                }
                return false;
            }
        }
    }

    /** Hands over who waits for the entries up to an index: the applier answers them. */
    NavigableMap<Long, Waiters> takeThrough(long index) {
        var head = proposed.headMap(index, true);
        TreeMap<Long, Waiters> taken = new TreeMap<>(head);
        head.clear();
        return taken;
    }

    /** These entries were replaced by another leader's: they have not been committed and never will be. */
    void truncated(long fromIndex, ReplicaView view) {
        var tail = proposed.tailMap(fromIndex, true);
        tail.values().forEach(waiters -> refuse(waiters, ErrorCode.NOT_LEADER, Answers.notLeaderText(view), view));
        tail.clear();
    }

    /** Writes that were not proposed yet are refused; what was proposed may still be committed and goes on waiting. */
    void leadershipLost(ReplicaView view) {
        WriteReply refusal = Answers.notLeader(view);
        waiting.forEach(write -> write.reply().accept(refusal));
        waiting.clear();
    }

    /** Ends the waiting of those whose time is up. */
    void expire(long now, ReplicaView view) {
        for (Iterator<Pending> all = waiting.iterator(); all.hasNext(); ) {
            Pending write = all.next();
            if (now - write.deadline() > 0) {
                all.remove();
                write.reply()
                        .accept(Answers.write(
                                ErrorCode.OVERLOADED, "the write waited too long to be begun", view.leader()));
            }
        }
        for (var entry : proposed.entrySet()) {
            entry.setValue(expired(entry.getValue(), now, view));
        }
    }

    static Waiters expired(Waiters waiters, long now, ReplicaView view) {
        EntryWaiter entryWaiter = waiters.entry();
        if (entryWaiter != null && now - entryWaiter.deadline() > 0) {
            entryWaiter.outcome().accept(null, ErrorCode.OUTCOME_UNKNOWN);
            return new Waiters(waiters.term(), List.of(), null);
        }
        if (waiters.writes().stream().noneMatch(write -> now - write.deadline() > 0)) {
            return waiters;
        }
        List<Pending> left = new ArrayList<>();
        for (Pending write : waiters.writes()) {
            if (now - write.deadline() > 0) {
                write.reply().accept(unknown(view));
                // The place in the batch stays: outcomes are matched by it.
                left.add(new Pending(write.request(), Long.MAX_VALUE / 2 + now, late -> {}));
            } else {
                left.add(write);
            }
        }
        return new Waiters(waiters.term(), left, null);
    }

    /** Everybody is told that the outcome is not known: the process ends or the replica is gone. */
    void abandon(ReplicaView view) {
        leadershipLost(view);
        proposed.values().forEach(waiters -> answerUnknown(waiters, view));
        proposed.clear();
    }

    /** Answers with what applying gave. */
    static void answer(Waiters waiters, long term, EntryOutcome outcome, ReplicaView view) {
        if (waiters.term() != term) {
            refuse(waiters, ErrorCode.NOT_LEADER, Answers.notLeaderText(view), view);
            return;
        }
        EntryWaiter entryWaiter = waiters.entry();
        if (entryWaiter != null) {
            entryWaiter.outcome().accept(outcome, null);
        }
        for (int i = 0; i < waiters.writes().size(); i++) {
            WriteReply reply = outcome.replies().get(i);
            waiters.writes()
                    .get(i)
                    .reply()
                    .accept(reply.toBuilder().setLeader(view.leader()).build());
        }
    }

    static void answerUnknown(Waiters waiters, ReplicaView view) {
        WriteReply reply = unknown(view);
        waiters.writes().forEach(write -> write.reply().accept(reply));
        EntryWaiter entryWaiter = waiters.entry();
        if (entryWaiter != null) {
            entryWaiter.outcome().accept(null, ErrorCode.OUTCOME_UNKNOWN);
        }
    }

    private static WriteReply unknown(ReplicaView view) {
        return Answers.write(
                ErrorCode.OUTCOME_UNKNOWN,
                "the write was begun, but its end was not seen in time; repeat it under the same request id",
                view.leader());
    }

    private static void refuse(Waiters waiters, ErrorCode code, String text, ReplicaView view) {
        WriteReply reply = Answers.write(code, text, view.leader());
        waiters.writes().forEach(write -> write.reply().accept(reply));
        EntryWaiter entryWaiter = waiters.entry();
        if (entryWaiter != null) {
            entryWaiter.outcome().accept(null, code);
        }
    }
}
