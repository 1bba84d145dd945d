package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutLock;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.propose.Pending;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one replica does for transactions, apart from applying their steps. Confined to the loop. */
public final class ReplicaTransactions {

    /** So long no transaction is prepared after somebody wanted to change tables or ownership, so that it can be. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Supplier<ReplicaView> replica;
    private final Supplier<@Nullable ReplicaStore> store;
    private TransactionView last = TransactionView.NONE;
    private final Proposals proposals;
    private final HybridClock clock;
    private final Runnable touch;
    private final LockWaiters waiters = new LockWaiters();
    private final Resolver resolver;
    private boolean draining;
    private long drainsUntil;

    /**
     * @param replica the replica as it is
     * @param store its rows; {@code null} while they cannot be used
     * @param proposals take writes that need not wait
     * @param clock the group's
     * @param touch gives the replica a turn
     * @param calls the way to other servers
     * @param known addresses of servers that may know a group that moved
     */
    public ReplicaTransactions(
            Supplier<ReplicaView> replica,
            Supplier<@Nullable ReplicaStore> store,
            Proposals proposals,
            HybridClock clock,
            Executor loop,
            Runnable touch,
            PeerCalls calls,
            Supplier<List<String>> known) {
        this.replica = replica;
        this.store = store;
        this.proposals = proposals;
        this.clock = clock;
        this.touch = touch;
        this.resolver = new Resolver(calls, loop, known, this::proposeOwn);
    }

    /** What is open, as far as it was known last while there is no store. */
    private TransactionView view() {
        ReplicaStore present = store.get();
        if (present != null) {
            last = present.transactions();
        }
        return last;
    }

    private void proposeOwn(LoggedRequest step) {
        if (replica.get().isLeading()) {
            long deadline = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(Resolver.CALL_MILLIS);
            clock.startAbove(step.getTransaction().getCommit().getVersion());
            proposals.offer(new Pending(step, IdOrigin.ID_ORIGIN_UNSPECIFIED, deadline, reply -> {}));
            touch.run();
        }
    }

    /** Whether something waits here, or is watched by a leader. */
    public boolean isIdle() {
        TransactionView view = view();
        return waiters.isIdle() && !(replica.get().isLeading() && (view.anyPrepared() || view.anyDecision()));
    }

    /** Whether a read waits, so that rows should become visible. */
    public boolean waitsForRows() {
        return waiters.anyRead();
    }

    /** Takes a leader's write: it goes to the proposals, waits at a lock, or is refused. */
    public void write(Pending write, long now) {
        ReplicaView view = replica.get();
        TransactionStep step = write.request().getTransaction();
        if (step.hasPrepare() && isDraining(now)) {
            refuse(write, "tables or ownership of shard " + view.shard() + " are about to change", view);
            return;
        }
        lift(step);
        LockWaiters.Admission admission =
                write.endsTransaction() ? LockWaiters.Admission.FREE : waiters.admit(write, view(), view.schema(), now);
        switch (admission) {
            case FREE -> offer(write, view);
            case WAITS -> {}
            case REFUSED ->
                refuse(write, "an older transaction holds or waits for a row of shard " + view.shard(), view);
        }
    }

    /** A decision's timestamp is greater than those of the prepares, and a commit's entry comes after the decision. */
    private void lift(TransactionStep step) {
        clock.startAbove(Math.max(
                step.getDecide().getPreparedTimestamp(), step.getCommit().getVersion()));
    }

    private void offer(Pending write, ReplicaView view) {
        if (proposals.offer(write)) {
            touch.run();
        } else {
            write.reply()
                    .accept(Answers.write(ErrorCode.OVERLOADED, "too many writes wait for this shard", view.leader()));
        }
    }

    private static void refuse(Pending write, String text, ReplicaView view) {
        write.reply().accept(Answers.write(ErrorCode.LOCKED, text + "; nothing was changed", view.leader()));
    }

    private boolean isDraining(long now) {
        draining = draining && now - drainsUntil < 0;
        return draining;
    }

    /**
     * Somebody wants to change tables or ownership: nothing new is prepared for a while.
     *
     * @return whether something is prepared, so that it cannot be done now
     */
    public boolean drain(long now) {
        draining = true;
        drainsUntil = now + DRAIN_NANOS;
        return view().anyPrepared();
    }

    /** It was done, or given up. */
    public void drained() {
        draining = false;
    }

    /**
     * Lets a read begin that is admitted, as soon as it sees all transactions whole that were decided before it came.
     *
     * @param index that must be applied for it
     * @param applied up to where entries are applied
     * @param deadline on the monotonic clock
     * @param begin goes on
     * @param expired is told why not
     */
    public void read(
            ReadRequest request, long index, long applied, long deadline, Runnable begin, Consumer<String> expired) {
        if (request.getLevel() == ReadLevel.EVENTUAL && request.getMinimumIndex() == 0) {
            begin.run();
            return;
        }
        TransactionView view = view();
        Set<Attempt> holders = LockKeys.holders(request, view);
        if (holders.isEmpty() && applied >= view.committedThrough()) {
            begin.run();
            return;
        }
        waiters.add(new LockWaiters.WaitingRead(holders, index, deadline, begin, expired));
        touch.run();
    }

    /**
     * Tells who holds locks of rows.
     *
     * @param table of which; {@code null}: of any
     */
    public void tellLocks(@Nullable String table, CutReply.Builder reply) {
        TransactionView view = view();
        for (Attempt holder : table == null ? view.holdersOfRows() : view.holdersIn(table)) {
            PreparedTransaction prepared = view.prepared(holder);
            if (prepared != null) {
                reply.addLocks(
                        CutLock.newBuilder().setAttempt(prepared.getAttempt()).setDecider(prepared.getDecider()));
            }
        }
    }

    /** Tells which of some attempts were decided here. */
    public void tellDecided(List<RequestId> attempts, CutReply.Builder reply) {
        TransactionView view = view();
        attempts.stream().filter(attempt -> view.isDecided(Attempt.of(attempt))).forEach(reply::addDecided);
    }

    /** Tells people what is not over here. */
    public void tellOpen(ReplicaPicture.Builder picture) {
        OpenReport.tell(view(), picture);
    }

    /** In each turn: lets go on what need not wait any more. */
    public void turn(long applied) {
        if (waiters.isIdle()) {
            return;
        }
        TransactionView view = view();
        waiters.freed(view, replica.get().schema()).forEach(write -> offer(write, replica.get()));
        waiters.begun(view, applied).forEach(read -> read.begin().run());
    }

    /** Every 20 ms while something waits or is watched. */
    public void expire(long now) {
        ReplicaView view = replica.get();
        waiters.expiredWrites(now)
                .forEach(write -> refuse(
                        write, "transactions that are not over have locked rows of shard " + view.shard(), view));
        waiters.expiredReads(now)
                .forEach(read -> read.expired().accept("transactions that are not over have locked its rows"));
        if (view.isLeading()) {
            resolver.look(view(), now);
        }
    }

    /** This replica does not lead any more. */
    public void leadershipLost(ReplicaView view) {
        draining = false;
        resolver.forget();
        waiters.allWrites().forEach(write -> write.reply().accept(Answers.notLeader(view)));
    }

    /** The replica goes. */
    public void abandon(ReplicaView view) {
        leadershipLost(view);
        waiters.allReads().forEach(read -> read.expired().accept("this replica does not serve any more"));
    }
}
