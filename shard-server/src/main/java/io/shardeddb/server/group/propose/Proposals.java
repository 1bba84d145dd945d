package io.shardeddb.server.group.propose;

import io.shardeddb.consensus.LogView;
import io.shardeddb.consensus.Outcome;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.timestamp.TimestampLayout;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.stream.Gathering;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.decision.ProposalDecision;
import io.shardeddb.server.group.decision.Standing;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.EntryOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What clients wait for in one group. Waiting writes are merged into one entry while earlier entries are on their way;
 * when none is, {@link Gathering} says how long to wait for more of them. Confined to the loop; answers may be given by
 * any thread.
 */
public final class Proposals {
    private static final String CLOCK_AHEAD = ProposalDecision.Next.REFUSE_CLOCK.words();
    private static final int LONGEST_GATHERING_MILLIS = 10;

    private final HybridClock clock;
    private final TimestampSource service;
    private final Executor loop;
    private final Runnable touch;
    private final BooleanSupplier olderMembers;
    private @Nullable StampedBatch stamping;
    private final WaitingWrites waiting = new WaitingWrites();
    private final TreeMap<Long, Waiters> proposed = new TreeMap<>();
    /**
     * Who waits for entries that this replica's log lost to another leader's. With five voters such an entry can still
     * be committed.
     */
    private final TreeMap<Long, List<Waiters>> displaced = new TreeMap<>();

    private final Gathering gathering = new Gathering(LONGEST_GATHERING_MILLIS);
    private final ArrayDeque<Unanswered> unanswered = new ArrayDeque<>();
    private final EntryTimes times = new EntryTimes();
    private long committed;
    private long answered;

    /** An entry on its way to being applied. */
    private record Unanswered(long index, int writes, long since) {}

    /** Who waits for an entry: the writers of a batch, or one caller who waits for the entry itself. */
    public record Waiters(
            long term, List<Pending> writes, @Nullable EntryWaiter entry) {}

    /**
     * One who waits for an entry itself.
     *
     * @param deadline on the monotonic clock
     * @param outcome takes the outcome or why there is none
     */
    public record EntryWaiter(long deadline, BiConsumer<@Nullable EntryOutcome, @Nullable ErrorCode> outcome) {}

    /**
     * @param clock the group's timestamps
     * @param service where they come from instead, when it is on
     * @param loop the thread that all this is confined to
     * @param touch gives the replica a turn; called on the loop
     * @param olderMembers whether a member is of a version that cannot apply versioned writes
     */
    public Proposals(
            HybridClock clock, TimestampSource service, Executor loop, Runnable touch, BooleanSupplier olderMembers) {
        this.olderMembers = olderMembers;
        this.clock = clock;
        this.service = service;
        this.loop = loop;
        this.touch = touch;
    }

    public boolean isIdle() {
        return waiting.size() == 0 && proposed.isEmpty() && displaced.isEmpty() && stamping == null;
    }

    /** When entries were proposed, while this replica leads. */
    public EntryTimes times() {
        return times;
    }

    /** How many writes wait to be proposed. */
    public int waiting() {
        return waiting.size() + (stamping == null ? 0 : stamping.writes().size());
    }

    /** Takes a write, unless too many wait. */
    public boolean offer(Pending write) {
        if (waiting.ready().isEmpty()) {
            gathering.begin(clock.nanos());
        }
        return waiting.offer(write, clock.nanos());
    }

    /** When what waits is proposed, if no more comes; the time that is given when nothing waits for that. */
    public long gatheredBy(long otherwise) {
        boolean gathers = !waiting.ready().isEmpty() && stamping == null && underWay() == 0;
        return waiting.releasedBy(gathers ? gathering.end() : otherwise);
    }

    /** Begins no write for some time, or until the reader leaves the gate; ends of transactions go on. */
    public void closeGate(long reader, long nanos) {
        waiting.closeGate(reader, clock.nanos(), nanos);
    }

    /** The reader needs the gate closed no more. */
    public void leaveGate(long reader) {
        waiting.leaveGate(reader, clock.nanos());
        touch.run();
    }

    /** Every request that waited for an entry up to here has been answered. */
    public void answeredTo(long index, long now) {
        answered = Math.max(answered, index);
        Unanswered oldest = unanswered.peek();
        while (oldest != null && oldest.index() <= index) {
            gathering.answered(now - oldest.since());
            unanswered.remove();
            oldest = unanswered.peek();
        }
    }

    /** Whether somebody may have been told here the outcome of an entry. */
    public boolean hasAnswered(long index) {
        return index <= answered;
    }

    public void committedTo(long index) {
        committed = Math.max(committed, index);
        times.committedTo(index, clock.nanos());
    }

    /** Proposes what waits, if it is time to. */
    public void propose(Replica core, ReplicaView view, long now) {
        if (waiting.release(now)) {
            gathering.begin(now);
        }
        boolean more = true;
        while (more) {
            more = carryOut(next(core.term(), now), core, view, now);
        }
    }

    /** What is to be done with what waits, and why. */
    ProposalDecision.Next next(long term, long now) {
        StampedBatch batch = stamping;
        return ProposalDecision.next(new ProposalDecision.Situation(
                batch == null
                        ? ProposalDecision.Batch.NONE
                        : batch.isStamped() ? ProposalDecision.Batch.STAMPED : ProposalDecision.Batch.ASKED,
                batch != null && batch.term() == term,
                service.isOn(),
                waiting.ready().isEmpty() || clock.isTrusted(),
                waiting.ready().size(),
                underWay(),
                gathering.isOver(waiting.ready().size(), now)));
    }

    /** What waits to be proposed, and why. */
    public Standing standing(long term, long now) {
        return Standing.proposing(next(term, now), waiting(), now - gathering.begun());
    }

    /** Whether something more may be done at once. */
    private boolean carryOut(ProposalDecision.Next next, Replica core, ReplicaView view, long now) {
        return switch (next) {
            case NOTHING_WAITS, GATHER, AWAIT_COMMIT, AWAIT_COMMITS, AWAIT_TIMESTAMP -> false;
            case DROP_BATCH -> {
                dropStamping(Answers.notLeader(view));
                yield true;
            }
            case STAMP_BATCH_HERE, PROPOSE_BATCH -> proposeStamped(core, Objects.requireNonNull(stamping), view, now);
            case ASK_TIMESTAMP -> {
                StampedBatch batch = new StampedBatch(LoggedBatch.take(waiting.ready()), core.term());
                stamping = batch;
                stamp(batch);
                yield false;
            }
            case REFUSE_CLOCK -> {
                refuse(new Waiters(0, LoggedBatch.take(waiting.ready()), null), ErrorCode.READ_ONLY, CLOCK_AHEAD, view);
                yield false;
            }
            case PROPOSE -> proposeWrites(core, LoggedBatch.take(waiting.ready()), now, view);
        };
    }

    /** Proposes writes with timestamps of this server's clock. */
    private boolean proposeWrites(Replica core, List<Pending> given, long now, ReplicaView view) {
        LoggedBatch batch = LoggedBatch.of(given, olderMembers.getAsBoolean(), view);
        if (batch.isEmpty()) {
            return true;
        }
        int count = batch.timestamps();
        long greatest = clock.next(count);
        Waiters waiters = new Waiters(0, batch.writes(), null);
        return propose(core, batch.command(greatest - count + 1, 1), waiters, greatest, now, view);
    }

    /** Proposes writes with timestamps of the service. */
    private boolean proposeServed(Replica core, StampedBatch stamped, long now, ReplicaView view) {
        LoggedBatch batch = LoggedBatch.of(stamped.writes(), olderMembers.getAsBoolean(), view);
        if (batch.isEmpty()) {
            return true;
        }
        long first = stamped.timestamp();
        long greatest = TimestampLayout.later(first, batch.timestamps() - 1);
        Waiters waiters = new Waiters(0, batch.writes(), null);
        return propose(core, batch.command(first, TimestampLayout.later(0, 1)), waiters, greatest, now, view);
    }

    /** Asks for the batch's timestamp: its requests are settled, so its session begins after they came. */
    private void stamp(StampedBatch batch) {
        batch.request(service.next(
                batch.timestamps(),
                clock.floor(),
                timestamp -> loop.execute(() -> {
                    batch.stamped(timestamp);
                    touch.run();
                })));
    }

    /** Proposes the batch that waited for its timestamp; false when it waits for another one, or was refused. */
    private boolean proposeStamped(Replica core, StampedBatch batch, ReplicaView view, long now) {
        if (!batch.isStamped()) {
            service.forget(batch.request());
            stamping = null;
            return proposeWrites(core, batch.writes(), now, view);
        }
        // So many were asked for, or more: writes whose time was up have left since.
        int count = Math.max(1, batch.timestamps());
        if (!clock.take(batch.timestamp(), TimestampLayout.later(batch.timestamp(), count - 1))) {
            // An entry of the server's own came in between.
            stamp(batch);
            return false;
        }
        stamping = null;
        batch.judge(clock.lastMillis(), view);
        return proposeServed(core, batch, now, view);
    }

    private void dropStamping(WriteReply refusal) {
        StampedBatch batch = stamping;
        if (batch != null) {
            stamping = null;
            service.forget(batch.request());
            batch.writes().forEach(write -> write.reply().accept(refusal));
        }
    }

    private int underWay() {
        return proposed.tailMap(committed, false).size();
    }

    /** Proposes a command of the server's own. */
    public void propose(Replica core, LoggedCommand.Builder command, EntryWaiter waiter, long now, ReplicaView view) {
        Waiters waiters = new Waiters(0, List.of(), waiter);
        if (service.isOn()) {
            propose(core, command, waiters, clock.following(), now, view);
        } else if (clock.isTrusted()) {
            propose(core, command, waiters, clock.next(), now, view);
        } else {
            refuse(waiters, ErrorCode.READ_ONLY, CLOCK_AHEAD, view);
        }
    }

    private boolean propose(
            Replica core, LoggedCommand.Builder command, Waiters waiters, long timestamp, long now, ReplicaView view) {
        LoggedCommand stamped = command.setTimestamp(timestamp).build();
        switch (core.propose(List.of(CommandPayload.of(stamped)), now)) {
            case Outcome.Accepted(long index, long term) -> {
                proposed.put(index, new Waiters(term, waiters.writes(), waiters.entry()));
                times.proposed(index, now);
                unanswered.add(new Unanswered(index, waiters.writes().size(), now));
                gathering.left(unanswered.stream().mapToInt(Unanswered::writes).sum(), now);
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

    /**
     * Everything up to an index is committed: who waits for an entry that had been replaced learns whether it is the
     * one that was committed after all, from the applier, or another.
     *
     * @param log the log, which has everything above its beginning up to the index
     */
    public void decided(long index, LogView log, ReplicaView view) {
        var head = displaced.headMap(index, true);
        head.forEach((at, those) -> those.forEach(waiters -> {
            if (at < log.firstIndex()) {
                answerUnknown(waiters, view);
            } else if (log.term(at) != waiters.term()) {
                refuse(waiters, ErrorCode.NOT_LEADER, Answers.notLeaderText(view), view);
            } else {
                proposed.put(at, waiters);
            }
        }));
        head.clear();
    }

    /**
     * A copy stands for everything up to an index: nobody knows the outcome of the entries that had been replaced
     * there.
     */
    public void leapt(long index, ReplicaView view) {
        var head = displaced.headMap(index, true);
        head.values().forEach(those -> those.forEach(waiters -> answerUnknown(waiters, view)));
        head.clear();
    }

    /** Hands over who waits for the entries up to an index: the applier answers them. */
    public NavigableMap<Long, Waiters> takeThrough(long index) {
        var head = proposed.headMap(index, true);
        TreeMap<Long, Waiters> taken = new TreeMap<>(head);
        head.clear();
        return taken;
    }

    /**
     * These entries are gone from the log here. Whether one of them is committed all the same is known when its index
     * is decided.
     */
    public void truncated(long fromIndex) {
        times.forget();
        var tail = proposed.tailMap(fromIndex, true);
        tail.forEach((index, waiters) ->
                displaced.computeIfAbsent(index, at -> new ArrayList<>()).add(waiters));
        tail.clear();
    }

    /** Writes that were not proposed yet are refused; what was proposed may still be committed and goes on waiting. */
    public void leadershipLost(ReplicaView view) {
        WriteReply refusal = Answers.notLeader(view);
        waiting.refuseAll(refusal);
        dropStamping(refusal);
        unanswered.clear();
        truncated(committed + 1);
        gathering.forget();
    }

    /** Ends the waiting of those whose time is up. */
    public void expire(long now, ReplicaView view) {
        waiting.expire(now, view);
        StampedBatch batch = stamping;
        if (batch != null) {
            batch.expire(now, view);
            if (!service.isOn()) {
                touch.run();
            }
        }
        for (var entry : proposed.entrySet()) {
            entry.setValue(expired(entry.getValue(), now, view));
        }
        displaced.values().forEach(those -> those.replaceAll(waiters -> expired(waiters, now, view)));
    }

    public static Waiters expired(Waiters waiters, long now, ReplicaView view) {
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
                left.add(new Pending(write.request(), write.origin(), Long.MAX_VALUE / 2 + now, late -> {}));
            } else {
                left.add(write);
            }
        }
        return new Waiters(waiters.term(), left, null);
    }

    /** Everybody is told that the outcome is not known: the process ends or the replica is gone. */
    public void abandon(ReplicaView view) {
        leadershipLost(view);
        proposed.values().forEach(waiters -> answerUnknown(waiters, view));
        proposed.clear();
        displaced.values().forEach(those -> those.forEach(waiters -> answerUnknown(waiters, view)));
        displaced.clear();
    }

    /** Answers with what applying gave. */
    public static void answer(Waiters waiters, long term, EntryOutcome outcome, ReplicaView view) {
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

    public static void answerUnknown(Waiters waiters, ReplicaView view) {
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
