package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.transaction.TransactionView;
import io.shardeddb.simulator.driver.rows.Batch;
import io.shardeddb.simulator.driver.rows.Memory;
import io.shardeddb.simulator.driver.rows.State;
import io.shardeddb.simulator.driver.rows.Truth;
import io.shardeddb.simulator.driver.schedule.ProcessEnded;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One replica's rows in a modelled database, as one process uses them. */
final class SimStore implements ReplicaStore {
    private final World world;
    private final Schedule schedule;
    private final SimProcess process;
    private final Database database;
    private final Database.Replica replica;
    private final Batch.Observer observer;
    private final String member;
    private final long boot;
    /** What a transaction that is open has made; absent: none is. */
    private @Nullable Batch held;
    /** What the process remembers; absent: it does not know. */
    private @Nullable Memory memory;
    /** Of the memory, or of what it was last. */
    private TransactionView view = TransactionView.NONE;

    private long connectedSince;
    /** Greatest index that this store has seen in the database: reads never show less. */
    private long seen;

    SimStore(
            World world,
            SimProcess process,
            Database database,
            Database.Replica replica,
            Truth truth,
            String member,
            long boot) {
        this.world = world;
        schedule = world.schedule();
        this.process = process;
        this.database = database;
        this.replica = replica;
        observer = truth.observer(process.server().name());
        this.member = member;
        this.boot = boot;
        connectedSince = database.kills();
        see(replica.state.index());
    }

    private void see(long index) {
        seen = Math.max(seen, index);
    }

    /** A lost connection takes along what was held on it. */
    private void connect() throws StoreUnavailableException {
        boolean lost = held != null && connectedSince != database.kills();
        if (lost || database.isAway()) {
            boolean held = this.held != null;
            rollBack();
            connectedSince = database.kills();
            if (held || database.isAway()) {
                throw new StoreUnavailableException("the connection is lost");
            }
        }
        connectedSince = database.kills();
    }

    private void rollBack() {
        Batch lost = held;
        held = null;
        memory = null;
        if (lost != null && world.wrong() == Wrong.RECORDS_KEPT_OVER_FAILURE) {
            replica.state = replica.state.with(replica.state, lost.now());
        }
    }

    /**
     * The transaction that entries are run in: what is held, or one that begins with the lock on the applied row. What
     * may still arrive has arrived then, or never will.
     */
    private Batch begin(CommittedEntry first) throws StoreUnavailableException {
        if (world.wrong() != Wrong.LATE_COMMIT_NOT_WAITED_FOR) {
            database.resolveLate(replica);
        }
        if (replica.boot != boot) {
            throw new StoreUnavailableException("another process has this replica");
        }
        Batch open = held;
        State before = open == null ? replica.state : open.now();
        if (first.index() != before.index() + 1) {
            rollBack();
            throw new StoreUnavailableException(
                    "entry " + first.index() + " does not follow " + before.index() + ", the last applied");
        }
        if (open != null) {
            return open;
        }
        Database.Late late = replica.late;
        if (late != null) {
            // Reached in the wrong way alone: it waits for the other's rows, and then changes them once more.
            replica.late = null;
            State mixed = before.with(late.state(), late.state());
            return batch(mixed, new Memory(mixed));
        }
        return batch(before, memory());
    }

    private Batch batch(State on, Memory known) {
        return new Batch(on, known, observer, world.wrong().breach());
    }

    private Memory memory() {
        Memory present = memory;
        if (present == null) {
            present = new Memory(replica.state);
            memory = present;
            view = present.view();
        }
        return present;
    }

    @Override
    public TransactionView transactions() {
        return world.wrong() == Wrong.LOCKS_NOT_LOOKED_AT ? Memory.withoutLocks(replica.state) : view;
    }

    private static List<EntryOutcome> outcomes(List<State.Step> steps) {
        return steps.stream().map(State.Step::outcome).toList();
    }

    /** A commit, and what can become of one. */
    private void commit(State next) throws StoreUnavailableException {
        Memory known = memory;
        memory = null;
        if (!world.faultsGoOn() || !schedule.oneIn(world.knobs().failedCommits())) {
            store(next);
            memory = known;
            return;
        }
        switch (schedule.random().nextInt(4)) {
            case 0 -> {
                store(next);
                throw new StoreUnavailableException("the answer to the commit was lost");
            }
            case 1 -> {
                if (world.wrong() == Wrong.APPLIED_ROW_COMMITTED_APART) {
                    store(next.with(replica.state, replica.state));
                }
                throw new StoreUnavailableException("the commit failed");
            }
            case 2 -> {
                replica.late = new Database.Late(next, boot);
                world.processEnds(process);
                throw new ProcessEnded();
            }
            default -> {
                replica.late = new Database.Late(next, boot);
                schedule.after(schedule.between(0, 30 * Schedule.MILLI), () -> database.resolveLate(replica));
                throw new StoreUnavailableException("the connection broke while it was committed");
            }
        }
    }

    private void store(State next) {
        database.changes(replica);
        replica.state = world.wrong() == Wrong.DECISIONS_NOT_STORED ? next.withoutDecisions() : next;
    }

    @Override
    public AppliedState applied() throws StoreUnavailableException {
        connect();
        settle();
        // Locks must be known before anybody is served.
        memory();
        AppliedState state = replica.state.applied();
        see(state.index());
        if (world.wrong() == Wrong.APPLIED_TOLD_TOO_HIGH && schedule.oneIn(4) && state.index() > 2) {
            return replica.state.higher();
        }
        return state;
    }

    @Override
    public List<EntryOutcome> apply(List<CommittedEntry> entries, Consumer<List<EntryOutcome>> certain)
            throws StoreUnavailableException {
        connect();
        settle();
        Batch batch = begin(entries.getFirst());
        List<State.Step> steps = batch.run(entries);
        List<EntryOutcome> outcomes = outcomes(steps);
        deadlock(entries);
        if (entries.size() > 1 && schedule.oneIn(4)) {
            // In as few transactions as their kinds allow, which can be more than one.
            int some = 1 + schedule.random().nextInt(entries.size() - 1);
            commit(steps.get(some - 1).state());
        } else if (schedule.oneIn(2)) {
            certain.accept(outcomes);
        }
        commit(batch.now());
        batch.stored();
        see(batch.now().index());
        return outcomes;
    }

    /**
     * Rolls the whole transaction back, with everything that is held; true when somebody goes on all the same, which is
     * wrong.
     */
    private boolean deadlock(List<CommittedEntry> entries) throws StoreUnavailableException {
        if (!world.faultsGoOn() || !schedule.oneIn(world.knobs().deadlocks())) {
            return false;
        }
        boolean lost = held != null;
        rollBack();
        if (world.wrong() == Wrong.GOES_ON_AFTER_DEADLOCK && lost) {
            schedule.trace(
                    () -> "goes on after a deadlock at " + entries.getFirst().index());
            held = batch(replica.state, new Memory(replica.state));
            held.run(entries);
            return true;
        }
        throw new StoreUnavailableException("deadlock");
    }

    @Override
    public @Nullable List<EntryOutcome> hold(List<CommittedEntry> entries) throws StoreUnavailableException {
        connect();
        if (!entries.stream().allMatch(CommittedEntry::changesRowsAlone) || schedule.oneIn(12)) {
            settle();
            return null;
        }
        Batch batch = begin(entries.getFirst());
        List<State.Step> steps = batch.run(entries);
        if (!deadlock(entries)) {
            held = batch;
        }
        return outcomes(steps);
    }

    @Override
    public void settle() throws StoreUnavailableException {
        connect();
        Batch open = held;
        if (open != null && world.wrong() != Wrong.HELD_TOLD_AS_APPLIED) {
            held = null;
            commit(open.now());
            open.stored();
            see(open.now().index());
        }
    }

    @Override
    public AppliedState flush() throws StoreUnavailableException {
        connect();
        settle();
        if (world.wrong() != Wrong.FLUSH_DOES_NOTHING) {
            database.flush();
        }
        see(replica.state.index());
        return replica.state.applied();
    }

    @Override
    public ReadReply read(ReadRequest request) throws StoreUnavailableException {
        database.check();
        State view = replica.state;
        boolean lost = view.index() < seen && world.wrong() != Wrong.LOST_COMMITS_NOT_SEEN;
        if (lost || replica.unfinished != null) {
            throw new StoreUnavailableException("the database came back without its last commits");
        }
        ReadReply.Builder reply = ReadReply.newBuilder().setIndex(view.index());
        for (ByteString key : request.getKeys().getKeysList()) {
            ByteString row = view.encoded(key);
            if (row != null) {
                reply.addRows(row);
            }
        }
        return reply.build();
    }

    @Override
    public List<ReadReply> readKeys(List<ReadRequest> requests) throws StoreUnavailableException {
        List<ReadReply> replies = new ArrayList<>();
        for (ReadRequest request : requests) {
            replies.add(read(request));
        }
        return replies;
    }

    @Override
    public ScanEnd scan(ReadRequest request, Predicate<ScanChunk> chunks) {
        throw new UnsupportedOperationException("nobody scans here");
    }

    @Override
    public Checksums checksums() {
        throw new UnsupportedOperationException("nobody asks for checksums here");
    }

    @Override
    public SnapshotSource openSnapshot() {
        throw new UnsupportedOperationException("copies are modelled as a whole");
    }

    @Override
    public SnapshotSink beginInstall(String copyId) {
        throw new UnsupportedOperationException("copies are modelled as a whole");
    }

    /** Takes over a copy: the old rows are cleared first, then there is nothing that is whole, then everything. */
    AppliedState install(State copy, String copyId) throws StoreUnavailableException {
        connect();
        rollBack();
        database.resolveLate(replica);
        database.changes(replica);
        // The applied row is made again, for this member: a database that was killed may have lost that it took the
        // rows over.
        replica.member = member;
        replica.boot = boot;
        replica.unfinished = copyId;
        replica.state = State.EMPTY;
        replica.copied = -1;
        seen = 0;
        memory = null;
        if (world.faultsGoOn() && schedule.oneIn(world.knobs().failedCopies())) {
            if (schedule.oneIn(2)) {
                world.processEnds(process);
                throw new ProcessEnded();
            }
            throw new StoreUnavailableException("the copy broke off");
        }
        database.changes(replica);
        replica.unfinished = null;
        replica.state = switch (world.wrong()) {
            case COPY_OF_ROWS_ALONE -> copy.withoutRecords();
            case COPY_WITHOUT_TRANSACTIONS -> copy.withoutTransactions();
            default -> copy;
        };
        replica.copied = world.wrong() == Wrong.COPY_WITHOUT_MARK ? -1 : copy.index();
        database.flush();
        if (world.faultsGoOn() && schedule.oneIn(3)) {
            // Before the log knows of it, or shortly afterwards.
            schedule.after(process, schedule.between(0, 8 * Schedule.MILLI), () -> world.powerFails(process));
        }
        return copy.applied();
    }

    @Override
    public @Nullable String unfinishedInstall() throws StoreUnavailableException {
        connect();
        return replica.unfinished;
    }

    @Override
    public long copiedIndex() throws StoreUnavailableException {
        connect();
        return replica.copied;
    }

    @Override
    public void forgetCopy() throws StoreUnavailableException {
        connect();
        database.changes(replica);
        replica.copied = -1;
    }

    @Override
    public void drop() throws StoreUnavailableException {
        connect();
        rollBack();
        database.changes(replica);
        replica.member = "";
        replica.clear();
    }

    @Override
    public void close() {
        rollBack();
    }
}
