package io.shardeddb.router.interactive;

import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.RowMerge;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.snapshot.SnapshotReads;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One interactive transaction. It reads from its snapshot, with its own writes over it, and keeps these until it
 * commits. Blocks, so it belongs on virtual threads; its requests are done one after the other.
 */
public final class InteractiveTransaction {
    private static final int UNAVAILABLE = 503;

    private final IsolationLevel level;
    private final boolean readOnly;
    private final SnapshotReads snapshot;
    private final Budget budget;
    private final BufferedRows written;
    private final ObservedReads reads = new ObservedReads();
    private final RepeatedWrites repeated = new RepeatedWrites();
    private volatile State state = State.ACTIVE;
    private String why = "";
    // Whether a commit was sent of which nobody knows whether it ran.
    private boolean mayHaveRun;
    private @Nullable CommitPlan plan;
    private @Nullable Committed committed;
    private @Nullable DatabaseException refused;

    /** How it stands. */
    public enum State {
        /** It takes requests. */
        ACTIVE,
        /** Its commit was sent, and its outcome is not known yet. */
        COMMITTING,
        /** All that it wrote is there. */
        COMMITTED,
        /** Nothing that it wrote is there. */
        ABORTED;

        /** As answers have it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a commit came to.
     *
     * @param rows how many rows it changed
     * @param version of all of them; 0 when it changed none
     * @param session what it has seen
     */
    public record Committed(int rows, long version, SessionToken session) {}

    /**
     * Rows of a range.
     *
     * @param rows whole rows, in the range's order
     * @param more whether there are more after them
     */
    public record Range(List<Row> rows, boolean more) {}

    /** Sends a write, again and again under one id until it is answered for good, or its time is over. */
    @FunctionalInterface
    public interface Sending {
        Writes.Result send(RequestId id, Function<Topology, WritePlan> plan);
    }

    /** It has begun; it gives up the snapshot, and its part of the budget, when it ends. */
    InteractiveTransaction(IsolationLevel level, boolean readOnly, SnapshotReads snapshot, Budget budget) {
        this.budget = budget;
        this.written = new BufferedRows(budget);
        this.level = level;
        this.readOnly = readOnly;
        this.snapshot = snapshot;
    }

    /** Tables and shards that it sees. */
    public Topology topology() {
        return snapshot.topology();
    }

    /** What its commit depends on. */
    public IsolationLevel level() {
        return level;
    }

    /** Whether it writes nothing. */
    public boolean isReadOnly() {
        return readOnly;
    }

    /** How it stands. Does not wait for a request that is under way. */
    public State state() {
        return state;
    }

    private void requireActive() {
        if (state != State.ACTIVE) {
            throw new DatabaseException(
                    ErrorCode.TRANSACTION_ENDED,
                    "the transaction is " + state.text() + (why.isEmpty() ? "" : ": " + why)
                            + "; it takes no more requests",
                    Map.of("state", state.text()));
        }
    }

    /**
     * A row, as the transaction sees it.
     *
     * @return absent when there is none; with version 0 when the transaction has written it
     */
    public synchronized @Nullable StoredRow row(TableDefinition table, Row key) {
        requireActive();
        BufferedRows.Written own = written.find(new RowKey(table.name(), key));
        if (own != null) {
            Row now = own.now();
            return now == null ? null : new StoredRow(now, 0);
        }
        StoredRow base = snapshot.rows(table, List.of(key)).get(key);
        observe(table, key, base);
        return base;
    }

    private void observe(TableDefinition table, Row key, @Nullable StoredRow base) {
        if (level == IsolationLevel.SERIALIZABLE && !readOnly) {
            reads.key(table, snapshot.shard(table, key).group(), key, base);
        }
    }

    /** Rows of a range, as the transaction sees them. */
    public synchronized Range range(TableDefinition table, KeyRange range, int limit) {
        requireActive();
        RangeOverlay overlay = new RangeOverlay(table, range, limit, written);
        List<ShardEntry> shards = range.shards(snapshot.topology(), table);
        List<Iterator<RangeOverlay.Source>> sources = new ArrayList<>();
        for (ShardEntry shard : shards) {
            sources.add(of(shard.group(), snapshot.rows(table, shard, range, limit + 1)));
        }
        overlay.read(new RowMerge<>(
                sources,
                (left, right) -> overlay.order()
                        .compare(
                                table.keyOf(left.row().row()),
                                table.keyOf(right.row().row()))));
        if (level == IsolationLevel.SERIALIZABLE && !readOnly) {
            KeyRange seen = overlay.seen();
            shards.forEach(shard -> reads.range(table, shard.group(), seen, overlay.taken(shard.group())));
        }
        return new Range(overlay.rows(), overlay.more());
    }

    private static Iterator<RangeOverlay.Source> of(GroupId shard, Iterator<StoredRow> rows) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public RangeOverlay.Source next() {
                return new RangeOverlay.Source(shard, rows.next());
            }
        };
    }

    /**
     * What a request wrote.
     *
     * @param operations how many it has
     * @param affected how many of them change a row
     */
    public record Written(int operations, int affected) {}

    /**
     * Adds the operations of a request, all or none.
     *
     * @param id of the request; one that came before is not carried out again
     * @param content hash of what was sent under the id
     * @throws DatabaseException why one fails; the transaction goes on without them
     */
    public synchronized Written write(@Nullable RequestId id, long content, WritePlan request) {
        requireActive();
        requireWriting();
        Written before = repeated.find(id, content);
        if (before != null) {
            return before;
        }
        List<RowOperations.Operation> operations = RowOperations.of(request);
        Map<RowKey, StoredRow> base = base(operations);
        // Also that it failed, or changed nothing, says something of these rows.
        Consumer<Set<RowKey>> observed = changed -> observe(operations, base, changed);
        int affected;
        try {
            affected = written.apply(operations, base::get, observed);
        } catch (DatabaseException e) {
            observed.accept(Set.of());
            throw e;
        }
        return repeated.remember(id, content, new Written(operations.size(), affected));
    }

    /** The rows of a request that the transaction has not written, nor does so now: else their version is checked. */
    private void observe(List<RowOperations.Operation> operations, Map<RowKey, StoredRow> base, Set<RowKey> changed) {
        for (RowOperations.Operation each : operations) {
            RowKey key = new RowKey(each.table().name(), each.key());
            if (written.find(key) == null && !changed.contains(key)) {
                observe(each.table(), each.key(), base.get(key));
            }
        }
    }

    private void requireWriting() {
        if (readOnly) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "the transaction was begun to read only");
        }
    }

    private Map<RowKey, StoredRow> base(List<RowOperations.Operation> operations) {
        Map<TableDefinition, List<Row>> wanted = new LinkedHashMap<>();
        for (RowOperations.Operation each : operations) {
            if (written.find(new RowKey(each.table().name(), each.key())) == null) {
                wanted.computeIfAbsent(each.table(), table -> new ArrayList<>()).add(each.key());
            }
        }
        Map<RowKey, StoredRow> found = new HashMap<>();
        wanted.forEach((table, keys) ->
                snapshot.rows(table, keys).forEach((key, row) -> found.put(new RowKey(table.name(), key), row)));
        return found;
    }

    /**
     * Commits, or says again how it ended.
     *
     * @param id of the write, the same each time; asked with the shard that decides
     * @throws DatabaseException TRANSACTION_CONFLICT when another write came first; of kind UNKNOWN when the outcome is
     *     not known, and of kind BUSY when nothing was changed yet: then it may be committed again
     */
    public synchronized Committed commit(Function<GroupId, RequestId> id, Sending sending) {
        Committed known = committed;
        if (known != null) {
            return known;
        }
        if (refused != null) {
            throw refused;
        }
        if (state == State.ABORTED) {
            requireActive();
        }
        CommitPlan write = plan;
        if (write == null) {
            write = new CommitPlan(snapshot.topology(), written, level == IsolationLevel.SERIALIZABLE ? reads : null);
            plan = write;
            closed();
        }
        state = State.COMMITTING;
        if (write.isEmpty()) {
            return committed(new Committed(0, 0, SessionToken.EMPTY));
        }
        return send(write, id, sending);
    }

    private Committed send(CommitPlan write, Function<GroupId, RequestId> id, Sending sending) {
        Writes.Result result;
        try {
            result = sending.send(id.apply(write.decider().group()), write::on);
        } catch (DatabaseException e) {
            // Nothing was sent this time.
            if (mayHaveRun || !isFinal(e)) {
                throw unsettled(e);
            }
            throw refused(e);
        }
        DatabaseException error = result.gravest();
        if (error == null) {
            return committed(
                    new Committed(write.rows(), result.timestamp(), SessionToken.EMPTY.with(result.indexes())));
        }
        throw isFinal(error) ? refused(write.conflict(error)) : unsettled(error);
    }

    /** Whether each repeat would be answered so too. What a server cannot do for now has the status 503. */
    private static boolean isFinal(DatabaseException error) {
        return error.kind() == ErrorKind.INVALID
                || (error.kind() == ErrorKind.REFUSED && error.code().httpStatus() != UNAVAILABLE);
    }

    private DatabaseException refused(DatabaseException error) {
        state = State.ABORTED;
        refused = error;
        forget();
        return error;
    }

    private DatabaseException unsettled(DatabaseException error) {
        if (error.kind() == ErrorKind.UNKNOWN) {
            mayHaveRun = true;
            return error;
        }
        return mayHaveRun
                ? new DatabaseException(
                                ErrorCode.OUTCOME_UNKNOWN,
                                "the commit was sent before, and may or may not have happened; sent again, it failed: "
                                        + error.text(),
                                error.details())
                        .with(FailureChoice.CAUSE, error.code().name())
                : error;
    }

    private Committed committed(Committed outcome) {
        committed = outcome;
        state = State.COMMITTED;
        forget();
        return outcome;
    }

    /** It takes no more requests. */
    private void closed() {
        snapshot.giveUp();
        budget.end();
    }

    /** What it has read and written is not needed any more: its commit is not sent again. */
    synchronized void forget() {
        if (state == State.COMMITTING) {
            refused = new DatabaseException(
                    ErrorCode.OUTCOME_UNKNOWN, "the transaction is forgotten; its commit may or may not have happened");
        }
        plan = null;
        written.clear();
        reads.clear();
        repeated.clear();
    }

    /**
     * Gives it up if its time is over. What was sent to commit stays as it is.
     *
     * @param reason why it is over, asked when no request is under way; empty: it is not
     */
    synchronized void expire(Supplier<String> reason) {
        String over = reason.get();
        if (state == State.ACTIVE && !over.isEmpty()) {
            why = over;
            abort();
        }
    }

    /**
     * Gives it up.
     *
     * @throws DatabaseException when it is committed, or may be
     */
    public synchronized void abort() {
        switch (state) {
            case ACTIVE -> {
                state = State.ABORTED;
                closed();
                forget();
            }
            case ABORTED -> {}
            case COMMITTED -> requireActive();
            case COMMITTING ->
                throw new DatabaseException(
                        ErrorCode.OUTCOME_UNKNOWN, "its commit was sent; commit it again to learn how it ended");
        }
    }
}
