package io.shardeddb.server.store.request;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionDecision;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of transactions come to at the point of the log where they stand. The same on every replica, because
 * it depends on the log alone. {@code docs/transactions.md} has the words.
 */
final class TransactionSteps {

    /** Of a row that is prepared, what is neither its table's name, its key, nor its values: lengths and marks. */
    private static final long BYTES_BESIDE_ROW = 64;

    private final OpenTransactions open;
    private final @Nullable StoredSchema schema;
    /** Attempts that requests of the present entry decide, which have not run yet. */
    private final Set<Attempt> deciding = new HashSet<>();
    /** Attempts that requests prepare or decide which have not run yet. */
    private final Set<Attempt> unrun = new HashSet<>();
    /** What those lock that prepare. */
    private final List<LockNeeds> unrunNeeds = new ArrayList<>();
    /** The most that those prepare. */
    private long unrunBytes;

    /**
     * @param open as of the entry before
     * @param schema the tables, which do not change while anything is prepared
     */
    TransactionSteps(OpenTransactions open, @Nullable StoredSchema schema) {
        this.open = open;
        this.schema = schema;
    }

    /** A commit: changes the rows as they were prepared, whatever else holds; nothing, when nothing is prepared. */
    RequestWork commit(RequestWork.Place at) {
        LoggedRequest request = at.request();
        Attempt attempt = Attempt.of(request.getRequest());
        PreparedTransaction prepared = open.findPrepared(attempt);
        if (prepared == null) {
            return RequestWork.done(at);
        }
        long version = request.getTransaction().getCommit().getVersion();
        List<RowChange> changes = new ArrayList<>(prepared.getRowsCount());
        for (PreparedRow row : prepared.getRowsList()) {
            if (!row.getUnchanged()) {
                changes.add(change(row, version));
            }
        }
        open.committed(attempt, at.entry());
        return changes.isEmpty()
                ? RequestWork.done(at)
                : RequestWork.repeatable(at, new RequestPlan.Run(List.copyOf(changes), List.of(), 0, 0));
    }

    private RowChange change(PreparedRow row, long version) {
        StoredTable table = schema == null ? null : schema.find(row.getTable());
        if (table == null) {
            throw new IllegalStateException("a transaction has prepared rows of table " + row.getTable()
                    + ", which is not there: tables do not change while anything is prepared");
        }
        Row key = RowCodec.decode(row.getKey(), table.definition().keySize());
        OperationKind kind = row.hasRow() ? OperationKind.UPSERT : OperationKind.DELETE;
        Row values = row.hasRow()
                ? RowCodec.decode(row.getRow(), table.definition().columns().size())
                : Row.of();
        return new RowChange(kind, table, values, key, List.of(), false, version, List.of(), List.of());
    }

    /** A release of what is prepared; {@code null} when nothing is: then the attempt's id decides. */
    @Nullable
    RequestWork release(RequestWork.Place at) {
        Attempt attempt = Attempt.of(at.request().getRequest());
        if (open.findPrepared(attempt) == null) {
            return null;
        }
        open.dropped(attempt);
        return RequestWork.done(at);
    }

    /** Participants have committed: the decision need not wait for them. */
    RequestWork forget(RequestWork.Place at) {
        open.acknowledged(
                Attempt.of(at.request().getRequest()),
                new HashSet<>(at.request().getTransaction().getForget().getParticipantsList()));
        return RequestWork.done(at);
    }

    /** What is known of an attempt that somebody asks for; {@code null} when it was not decided here. */
    @Nullable
    RequestWork asked(RequestWork.Place at) {
        Attempt attempt = Attempt.of(at.request().getRequest());
        if (deciding.contains(attempt)) {
            return RequestWork.refused(
                    at,
                    new DatabaseException(
                            ErrorCode.LOCKED, "the transaction is being decided in this very entry; ask again"));
        }
        TransactionDecision decision = open.findDecision(attempt);
        return decision == null
                ? null
                : RequestWork.repeatOf(
                        at,
                        WriteReply.newBuilder()
                                .setIndex(at.entry())
                                .setTimestamp(decision.getVersion())
                                .build());
    }

    /** Why a request does not run now although it could: a transaction has locked a row, or too much is prepared. */
    @Nullable
    DatabaseException mustWait(LoggedRequest request, RequestPlan.Run run) {
        if (!open.anyPrepared()) {
            return null;
        }
        if (request.getTransaction().hasPrepare() && isTooMuch(mostPrepared(request, run.changes()))) {
            return new DatabaseException(
                    ErrorCode.LOCKED,
                    "transactions that are not over hold rows of " + open.preparedBytes()
                            + " bytes in this shard, and there is no room for more; nothing was changed");
        }
        return open.isLocked(run.needs(), this::table)
                ? new DatabaseException(
                        ErrorCode.LOCKED, "a transaction that is not over has locked a row; nothing was changed")
                : null;
    }

    private @Nullable TableDefinition table(String name) {
        StoredTable table = schema == null ? null : schema.find(name);
        return table == null ? null : table.definition();
    }

    private boolean isTooMuch(long more) {
        return open.preparedBytes() + unrunBytes + more > OpenTransactions.MOST_BYTES;
    }

    /** Bytes that a request prepares, at most: by what it says and by its tables, whatever the rows hold. */
    private static long mostPrepared(LoggedRequest request, List<RowChange> changes) {
        long bytes = request.getSerializedSize();
        for (RowChange change : changes) {
            bytes += BYTES_BESIDE_ROW
                    + change.table().name().length()
                    + (change.buildsOnRow() ? change.table().mostRowBytes() : 0);
        }
        return Math.min(bytes, OpenTransactions.MOST_BYTES_OF_ONE);
    }

    /** Why nobody may change tables, interval or openness now. */
    @Nullable
    DatabaseException draining() {
        return open.anyPrepared()
                ? new DatabaseException(
                        ErrorCode.LOCKED, "transactions are prepared; this waits until they are over, so repeat it")
                : null;
    }

    /**
     * A request is about to run. What it prepares is locked: whatever its rows say, no other request of its entry has
     * these keys.
     */
    void begin(RequestWork work) {
        if (!work.mustRun()) {
            return;
        }
        if (work.request().getTransaction().hasDecide()) {
            Attempt attempt =
                    Attempt.of(work.request().getTransaction().getDecide().getAttempt());
            deciding.add(attempt);
            unrun.add(attempt);
        } else if (work.isPrepare()) {
            LockNeeds needs = work.needs();
            unrun.add(Attempt.of(work.request().getRequest()));
            unrunNeeds.add(needs);
            unrunBytes += mostPrepared(work.request(), work.changes());
            PrepareStep step = work.request().getTransaction().getPrepare();
            open.preparing(
                    work.logPlace(),
                    PreparedTransaction.newBuilder()
                            .setAttempt(work.request().getRequest())
                            .setDecider(step.getDecider())
                            .setFirstAskedMillis(step.getFirstAskedMillis())
                            .setDeciderIssuedAtMillis(step.getDeciderIssuedAtMillis())
                            .setTimestamp(work.logged())
                            .build(),
                    needs);
        }
    }

    /** Whether a request prepares or decides a transaction and has not run. */
    boolean anyUnrun() {
        return !unrun.isEmpty();
    }

    /** All requests have run that were begun. */
    void allRan() {
        unrun.clear();
        unrunNeeds.clear();
        unrunBytes = 0;
    }

    /**
     * Whether what a request of a later entry comes to depends on one that has not run. Then it is about the same
     * attempt, needs a row that the other may have locked, or room that the other may take.
     *
     * @param planned what the request comes to at this point of the log; {@code null} when it does not run
     */
    boolean dependsOnUnrun(LoggedRequest request, Supplier<RequestPlan.@Nullable Run> planned) {
        boolean decides = request.getTransaction().hasDecide();
        RequestId named = decides ? request.getTransaction().getDecide().getAttempt() : request.getRequest();
        if (unrun.contains(Attempt.of(named))) {
            return true;
        }
        if (unrunNeeds.isEmpty() || request.getOperationsCount() == 0) {
            return false;
        }
        RequestPlan.Run run = planned.get();
        if (run == null) {
            return false;
        }
        LockNeeds needs = run.needs();
        return unrunNeeds.stream().anyMatch(unrun -> unrun.conflictsWith(needs, this::table))
                || (request.getTransaction().hasPrepare() && isTooMuch(mostPrepared(request, run.changes())));
    }

    /**
     * What follows from a request that has run.
     *
     * @throws SQLException when a commit failed, which its prepare excludes: this replica must not go on
     */
    void end(RequestWork work) throws SQLException {
        if (!work.wasPlanned()) {
            return;
        }
        LoggedRequest request = work.request();
        if (work.isPrepare()) {
            Attempt attempt = Attempt.of(request.getRequest());
            if (open.findPrepared(attempt) == null) {
                // A later request of the same entry has released it.
                return;
            }
            if (work.hasSucceeded()) {
                open.prepared(attempt, work.prepared());
            } else {
                open.dropped(attempt);
            }
        } else if (work.isCommit() && !work.hasSucceeded()) {
            throw new SQLException(
                    "entry " + work.entry()
                            + " commits a transaction, and the database refuses a row that it took before",
                    "HY000");
        } else if (request.getTransaction().hasDecide()) {
            decided(work, request.getTransaction().getDecide());
        }
    }

    private void decided(RequestWork work, DecideStep step) {
        deciding.remove(Attempt.of(step.getAttempt()));
        if (work.hasSucceeded()) {
            open.decided(
                    work.logPlace(),
                    TransactionDecision.newBuilder()
                            .setAttempt(step.getAttempt())
                            .setVersion(work.version())
                            .addAllParticipants(step.getParticipantsList())
                            .build());
        }
    }
}
