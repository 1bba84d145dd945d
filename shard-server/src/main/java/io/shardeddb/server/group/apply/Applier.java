package io.shardeddb.server.group.apply;

import io.shardeddb.consensus.Durations;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.server.group.StoreWork;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.decision.ApplyDecision;
import io.shardeddb.server.group.decision.ApplyPace;
import io.shardeddb.server.group.decision.Standing;
import io.shardeddb.server.group.verdict.KnownVerdicts;
import io.shardeddb.server.group.verdict.RefusedEntry;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.runtime.Surroundings;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.DamagedStoreException;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings committed entries into one replica's store, many at a time, one task at a time on a shared pool. The state
 * here is the loop's; only the tasks touch the store. A failed environment stops it until a retry, which asks the store
 * again what is applied.
 *
 * <p>A leader's writers wait for outcomes, and nobody may wait for the rows: then the store holds them in a transaction
 * that is open, and settles them when a reader comes, or a moment later.
 */
public final class Applier {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    private static final long MAX_PORTION_BYTES = 4 << 20;
    private static final int MAX_PORTION_ENTRIES = 1024;

    /** So long after a reader waited for rows others are expected, and nothing is held. */
    private static final long READERS_EXPECTED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Durations times = new Durations();
    private final AppliedReplica replica;
    private final GroupLog log;
    private final Stores stores;
    private final Executor pool;
    private final Executor tablePool;
    private final Executor loop;
    private final PendingReplies replies;
    private final HandedEntries handed = new HandedEntries();
    private @Nullable ReplicaStore store;
    private @Nullable Portion portion;
    private boolean running;
    private boolean stopped;
    private long applied = -1;
    /** Last index whose outcome is certain; those behind {@link #applied} are held. */
    private long certain = -1;

    private long holdUntil;
    private long readersUntil;
    private @Nullable ReplicaStore abandoned;
    private long target;
    /** The last entry up to the target that is no write of rows: tables, intervals, memberships are waited for. */
    private long lastOther;

    private long retryAt;
    private long unhurriedUntil;
    private int failures;
    private final RefusedEntry refused = new RefusedEntry();
    /** The entry that this version does not know and cannot pass; 0: none. */
    private long unknownEntry;
    /** Why the rows here are worth nothing, until a copy has taken their place; absent: they are in order. */
    private @Nullable String givenUp;

    /** When the present obstacle to applying began: that entry, or failures of the database. */
    private long stoodSince;

    public Applier(AppliedReplica replica, GroupLog log, Stores stores, Surroundings threads, Executor loop) {
        this.replica = replica;
        replies = new PendingReplies(replica::view, replica.proposals(), replica.tables(), replica::now);
        this.log = log;
        this.stores = stores;
        pool = threads.applying();
        tablePool = threads.tables();
        this.loop = loop;
        retryAt = replica.now();
        unhurriedUntil = retryAt;
        readersUntil = retryAt;
    }

    /** The store, for readers; absent while it cannot be used. */
    public @Nullable ReplicaStore store() {
        return applied < 0 ? null : store;
    }

    /** What the store was given. */
    public HandedEntries handed() {
        return handed;
    }

    /** How long transactions take. */
    public Durations.Summary times() {
        return times.summary();
    }

    /** Last index applied; -1 while unknown. */
    public long applied() {
        return applied;
    }

    /** What is being applied; absent: nothing is. */
    public @Nullable Portion portion() {
        return portion;
    }

    /** Tells everybody who waits for results from here that they are not known: another leader may know them. */
    public void releaseWaiters() {
        Portion current = portion;
        if (current != null) {
            replies.unknown(current);
        }
        replies.unknown();
    }

    public boolean hasWork() {
        return !stopped && !running && (store == null || applied < target);
    }

    /** What the database here refuses to carry out. */
    public RefusedEntry refused() {
        return refused;
    }

    /** The verdicts in the log that may matter here. */
    public KnownVerdicts verdicts() {
        return certain < 0 ? KnownVerdicts.NONE : KnownVerdicts.of(log.verdictsAbove(certain), target);
    }

    public void target(long index) {
        for (long i = Math.max(target + 1, log.firstIndex()); i <= index; i++) {
            if (!log.writesRows(i)) {
                lastOther = i;
            }
        }
        target = Math.max(target, index);
    }

    /** Does the next thing, if nothing is being done. */
    public void advance(long now) {
        ReplicaStore ready = store;
        boolean readers = replica.waitsForRows();
        ApplyDecision.Next next = ApplyDecision.next(situation(readers, now));
        if (readers && !running && applied >= 0) {
            readersUntil = now + READERS_EXPECTED_NANOS;
        }
        if (next == ApplyDecision.Act.OPEN) {
            running = true;
            pool.execute(this::open);
        } else if (ready != null && next == ApplyDecision.Act.SETTLE) {
            settle(ready, now);
        } else if (ready != null && next instanceof ApplyDecision.Apply) {
            applyPortion(ready, now);
        }
    }

    private ApplyDecision.Situation situation(boolean readers, long now) {
        boolean leads = replica.waitsForOutcomes();
        return new ApplyDecision.Situation(
                stopped,
                running,
                retryAt - now,
                store != null,
                applied,
                certain,
                target,
                lastOther,
                // While a copy is installed the log may not have what is behind the rows.
                running || stopped || leads || certain < 0 || certain >= target ? 0 : log.bytes(certain + 1, target),
                readers,
                leads,
                unhurriedUntil - now,
                holdUntil - now);
    }

    /** What waits here, and why. */
    public Standing standing(long now) {
        var obstacle = refused.open() != null
                ? refused.obstacle(now)
                : Standing.Obstacle.unknown(unknownEntry, now - stoodSince);
        Standing.Task task = portion == null ? null : portion.task(now);
        long pace = ApplyPace.nanos(replica.replicasHere());
        return Standing.applying(situation(replica.waitsForRows(), now), task, obstacle, pace, now - stoodSince);
    }

    /** Up to where outcomes are certain; -1 while unknown. */
    public long certain() {
        return certain;
    }

    /** Whether what comes next may be held back from readers. */
    private boolean mayHold(long last, long now) {
        return ApplyDecision.hold(
                        replica.waitsForOutcomes(),
                        refused.open() != null,
                        readersUntil - now,
                        applied < certain,
                        holdUntil - now,
                        last)
                == ApplyDecision.Hold.HOLDS;
    }

    /** Runs work with the store, unless something else is being done. */
    public boolean run(StoreWork work) {
        return run(work, pool, _ -> {});
    }

    /**
     * The same on other threads, so that long work keeps no other replica's entries waiting; {@code unable} runs on the
     * loop if it failed.
     */
    public boolean run(StoreWork work, Executor threads, Consumer<Exception> unable) {
        ReplicaStore ready = store;
        if (stopped || running || ready == null) {
            return false;
        }
        running = true;
        long settled = certain;
        threads.execute(() -> {
            try {
                ready.settle();
                Runnable after = work.run(ready);
                loop.execute(() -> {
                    if (applied < settled) {
                        done(settled, List.of(), null);
                    }
                    endedWith(after);
                });
            } catch (StoreUnavailableException | RuntimeException e) {
                loop.execute(() -> failed(e, 0));
                loop.execute(() -> unable.accept(e));
            }
        });
        return true;
    }

    /**
     * Runs the last work with the store. After applying was ended for good, as in a quarantined replica, the store is
     * opened once more for it; what fails then is tried again when the caller asks again.
     */
    public boolean runLast(StoreWork work) {
        if (!stopped) {
            return run(work);
        }
        if (running) {
            return false;
        }
        running = true;
        pool.execute(() -> {
            Runnable after = LastWork.run(stores, log, work);
            loop.execute(() -> endedWith(after));
        });
        return true;
    }

    private void open() {
        ReplicaStore opened = null;
        try {
            ReplicaStore fresh = stores.open(log.group(), log.member());
            opened = fresh;
            boolean unfinished = fresh.unfinishedInstall() != null;
            @Nullable AppliedState state = unfinished ? null : fresh.applied();
            long copied = fresh.copiedIndex();
            loop.execute(() -> opened(fresh, state, copied));
        } catch (StoreUnavailableException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            loop.execute(() -> failed(e, 0));
        }
    }

    /** The task is over. */
    private void ended() {
        running = false;
        portion = null;
        ReplicaStore unused = abandoned;
        if (unused != null) {
            abandoned = null;
            pool.execute(unused::close);
        }
    }

    private void endedWith(Runnable after) {
        ended();
        after.run();
        replica.touch();
    }

    private void opened(ReplicaStore fresh, @Nullable AppliedState state, long copied) {
        ended();
        store = fresh;
        failures = 0;
        if (stopped) {
            fresh.close();
            return;
        }
        if (state == null || state.index() < log.marker().index()) {
            replica.needsCopy("the rows are behind the log's beginning");
        } else if (givenUp != null && state.index() != copied) {
            replica.needsCopy(givenUp);
        } else if (state.index() == copied) {
            replica.copied(state, replica.now());
        } else {
            String rolledBack = RolledBack.reason(log, state);
            if (rolledBack == null) {
                take(state);
            } else {
                replica.quarantineForGood(rolledBack);
            }
        }
        replica.compared();
    }

    /** Closes the store, to ask it again what it has. */
    public void lookAgain(String reason) {
        failed(new StoreUnavailableException(reason), 0);
    }

    /** What the store says it has becomes what this replica has. */
    public void take(AppliedState state) {
        givenUp = null;
        applied = state.index();
        certain = applied;
        handed.startAt(applied);
        replies.unknownThrough(applied);
        replica.appliedState(state);
        settled(applied);
    }

    private void applyPortion(ReplicaStore ready, long now) {
        KnownVerdicts verdicts = verdicts();
        long first = certain + 1;
        if (replica.tables().isOverruled(verdicts)) {
            giveUp("the tables here were overruled: most members refuse them");
            return;
        }
        List<LogEntry> found = List.of();
        ApplyDecision.First kind = ApplyDecision.First.UNDECIDED;
        boolean waits = PortionEnd.waits(first, verdicts, refused, now)
                || replica.tables().hold(replica.core().role());
        if (!waits) {
            found = log.entries(first, ApplyDecision.reach(certain, target, MAX_PORTION_ENTRIES), MAX_PORTION_BYTES);
            kind = PortionEnd.first(found);
        }
        switch (ApplyDecision.portion(kind, applied < certain)) {
            case SETTLE_FIRST -> settle(ready, now);
            case WAIT_FOR_VERDICT -> {}
            case STAND -> beforeUnknown(first, now);
            case TAKE -> take(ready, found, verdicts, now);
        }
    }

    private void take(ReplicaStore ready, List<LogEntry> found, KnownVerdicts verdicts, long now) {
        long first = certain + 1;
        int known = PortionEnd.of(found);
        int end = PortionEnd.beforeUndecided(first, known, verdicts, refused);
        if (refused.is(first)) {
            refused.tries();
        }
        List<LogEntry> entries = found.subList(0, end);
        long last = entries.getLast().index();
        running = true;
        Portion next = new Portion(Portion.committed(entries, verdicts, log.marker()), replies.takeThrough(last), now);
        portion = next;
        handed.handed(next.entries());
        boolean mayHold = mayHold(last, now);
        (next.definition() == 0 ? pool : tablePool).execute(() -> {
            try {
                if (!mayHold || !hold(ready, next)) {
                    apply(ready, next);
                }
            } catch (UnresolvedRequestException e) {
                loop.execute(() -> unresolved(e, next));
            } catch (StoreUnavailableException | RuntimeException e) {
                loop.execute(() -> failed(e, next));
            }
        });
    }

    /**
     * Applies nothing any more: the rows stay as they are at the entry before, until a version comes that knows what
     * follows.
     */
    private void beforeUnknown(long entry, long now) {
        String reason = Standing.Obstacle.unknown(entry, 0).reason();
        if (unknownEntry != entry) {
            unknownEntry = entry;
            stoodSince = now;
            LOG.error("shard {} (group {}): {}", log.shard(), log.group(), reason);
        }
        retryAt = now + ApplyDecision.UNKNOWN_AGAIN_NANOS;
        replica.cannotGoOn(reason, now);
    }

    private void settle(ReplicaStore ready, long now) {
        running = true;
        portion = new Portion(List.of(), new TreeMap<>(), now);
        long last = certain;
        pool.execute(() -> {
            try {
                ready.settle();
                loop.execute(() -> done(last, List.of(), null));
            } catch (StoreUnavailableException | RuntimeException e) {
                loop.execute(() -> failed(e, 0));
            }
        });
    }

    /** Runs a portion whose rows nobody waits for; false when it must be applied. */
    private boolean hold(ReplicaStore ready, Portion taken)
            throws StoreUnavailableException, UnresolvedRequestException {
        long begun = replica.now();
        List<EntryOutcome> outcomes = ready.hold(taken.entries());
        if (outcomes == null) {
            return false;
        }
        times.note(replica.now() - begun);
        loop.execute(() -> {
            held(taken.entries().getLast().index());
            replies.answer(taken, outcomes);
        });
        return true;
    }

    private void held(long last) {
        ended();
        failures = 0;
        if (applied == certain) {
            holdUntil = replica.now() + ApplyPace.nanos(replica.replicasHere());
        }
        certain = last;
        replica.touch();
    }

    private void apply(ReplicaStore ready, Portion taken) throws StoreUnavailableException, UnresolvedRequestException {
        List<CommittedEntry> entries = taken.entries();
        long begun = replica.now();
        List<EntryOutcome> outcomes =
                ready.apply(entries, certain -> loop.execute(() -> replies.answer(taken, certain)));
        times.note(replica.now() - begun);
        long last = entries.getLast().index();
        boolean mark = last % ApplyDecision.MARK_INTERVAL == 0;
        @Nullable AppliedState state = taken.changesMoreThanRows() || mark ? ready.applied() : null;
        loop.execute(() -> {
            replica.core().voteOnlyAfter(taken.definition());
            if (replica.tables()
                    .made(
                            taken.definition(),
                            outcomes.getLast(),
                            state,
                            replica.view().schema(),
                            replica.core())) {
                replies.takeBack(taken);
            }
            // A caller who waits for a schema or an interval must find it in force when answered.
            done(last, outcomes, state);
            if (state != null && taken.endsWithVerdict()) {
                replica.mark(state);
            }
            replies.answer(taken, outcomes);
        });
    }

    /** The tables here can be refused by no verdict any more. Requests that wait for them are told so. */
    public void proven(EntryOutcome outcome) {
        replies.answer(outcome, log);
    }

    /** The rows are worth nothing: nothing more is applied to them, nobody reads them, and a copy takes their place. */
    private void giveUp(String reason) {
        givenUp = reason;
        applied = -1;
        certain = -1;
        replica.tables().forget();
        releaseWaiters();
        replica.needsCopy(reason);
    }

    private void done(long last, List<EntryOutcome> outcomes, @Nullable AppliedState state) {
        ended();
        failures = 0;
        log.applied(applied + 1, last);
        applied = last;
        certain = last;
        long now = replica.now();
        unhurriedUntil = now + ApplyPace.nanos(replica.replicasHere());
        outcomes.stream().filter(outcome -> !outcome.checksums().isEmpty()).forEach(replica::checksummed);
        if (state != null) {
            replica.appliedState(state);
        } else {
            replica.appliedTo(last);
        }
        settled(last);
        replica.touch();
    }

    /** A refused entry may be behind what is applied now, or still stop what follows. */
    private void settled(long last) {
        refused.appliedTo(last);
        var open = refused.open();
        if (open != null) {
            replica.stalled(RefusedEntry.reason(open, ""));
        }
    }

    private void unresolved(UnresolvedRequestException e, Portion stopped) {
        refused.refused(e, replica.now());
        replies.takeBack(stopped);
        if (applied < certain) {
            // It went with the transaction, unless it was settled before: the store knows.
            lookAgain("what was held may not be applied");
        }
        ended();
        LOG.warn("shard {} (group {}): {}", log.shard(), log.group(), e.getMessage());
        replica.stalled(RefusedEntry.reason(e, ""));
        replica.touch();
    }

    private void failed(Exception e, Portion taken) {
        if (stopped) {
            // Nobody applies here any more.
            replies.unknown(taken);
        }
        replies.takeBack(taken);
        boolean othersHaveIt =
                replica.core().status().configuration().everyone().size() > 1;
        if (e instanceof DamagedStoreException && othersHaveIt) {
            ended();
            refused.tryEnded();
            giveUp(String.valueOf(e.getMessage()));
        } else {
            failed(e, taken.definition());
        }
    }

    /**
     * @param entry that another member must have applied to be better off: all may wait for the same while tables
     *     change
     */
    private void failed(Exception e, long entry) {
        ended();
        refused.tryEnded();
        replica.copyEnds();
        if (e instanceof StoreUnavailableException) {
            LOG.warn("shard {} (group {}): the rows' database fails: {}", log.shard(), log.group(), e.getMessage());
        } else {
            LOG.error("shard {} (group {}): the store failed unexpectedly", log.shard(), log.group(), e);
        }
        ReplicaStore broken = store;
        store = null;
        applied = -1;
        certain = -1;
        if (broken != null) {
            pool.execute(broken::close);
        }
        long now = replica.now();
        stoodSince = failures == 0 ? now : stoodSince;
        retryAt = now + ApplyDecision.backOff(failures++);
        replica.storeFailed(String.valueOf(e.getMessage()), entry);
        replica.touch();
    }

    public void expire(long now) {
        replies.expire(now);
    }

    /** Ends applying for good. Running work ends by itself. */
    public void stop() {
        stopped = true;
        replies.unknown();
        ReplicaStore open = store;
        store = null;
        if (running) {
            abandoned = open;
        } else if (open != null) {
            pool.execute(open::close);
        }
    }
}
