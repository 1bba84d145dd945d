package io.shardeddb.server.store.request;

import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.FailedOperation;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.protocol.wire.RequestRecord;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.ShownRow;
import io.shardeddb.protocol.wire.ToldNumbers;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.LogPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request of one entry on its way through a transaction: what to run, and its outcome. */
public final class RequestWork {

    private final Place at;
    private final RequestPlan.@Nullable Run run;
    private final boolean remembered;
    private int @Nullable [] affected;
    private List<FailedOperation> failed = List.of();
    private List<ShownRow> shown = List.of();
    private List<ToldNumbers> told = List.of();
    private List<PreparedRow> prepared = List.of();
    private @Nullable ErrorDetail error;
    private @Nullable RequestWork original;
    private @Nullable WriteReply first;

    private RequestWork(Place at, RequestPlan.@Nullable Run run, boolean remembered) {
        this.at = at;
        this.run = run;
        this.remembered = remembered;
    }

    /**
     * What every work has: its position in the log, and its epoch.
     *
     * @param logged timestamp of the entry
     * @param times of its rows
     */
    record Place(long entry, int place, long logged, RowTimes times, long epoch, LoggedRequest request) {}

    /**
     * Requests in the order in which they are run together: what only prepares comes last, and changes no row. It comes
     * to the same as the order of the log, because nothing that follows a prepare needs its rows, as of
     * {@link BatchPreparation#dependsOnUnrun}. A prepare that its own entry releases may come to something else; nobody
     * needs to know to what.
     */
    public static List<RequestWork> runningOrder(List<RequestWork> works) {
        List<RequestWork> ordered = new ArrayList<>(works.size());
        works.stream().filter(work -> !work.isPrepare()).forEach(ordered::add);
        works.stream().filter(RequestWork::isPrepare).forEach(ordered::add);
        return ordered;
    }

    /** A request that runs; remembered when it has an id. */
    static RequestWork running(Place at, RequestPlan.Run run) {
        return new RequestWork(at, run, hasId(at.request()));
    }

    /** A request that a verdict failed, or that a settle closed: remembered, not run. */
    static RequestWork decided(Place at, DatabaseException error, RequestPlan.@Nullable Run run) {
        RequestWork work = new RequestWork(at, run, hasId(at.request()));
        work.error = error.toWire();
        return work;
    }

    /** A request that has done all that it does, without rows; not remembered. */
    static RequestWork done(Place at) {
        RequestWork work = new RequestWork(at, null, false);
        work.affected = new int[0];
        return work;
    }

    /** A request that changes rows and is not remembered, because a repeat of it finds nothing to do. */
    static RequestWork repeatable(Place at, RequestPlan.Run run) {
        return new RequestWork(at, run, false);
    }

    /** A request that is not run and not remembered. */
    static RequestWork refused(Place at, DatabaseException error) {
        RequestWork work = new RequestWork(at, null, false);
        work.error = error.toWire();
        return work;
    }

    /** A repeat whose first run is in this same transaction. */
    static RequestWork repeatOf(Place at, RequestWork original) {
        RequestWork work = new RequestWork(at, null, false);
        work.original = original;
        return work;
    }

    /** A repeat whose first answer is recorded. */
    static RequestWork repeatOf(Place at, WriteReply first) {
        RequestWork work = new RequestWork(at, null, false);
        work.first = first;
        return work;
    }

    static boolean hasId(LoggedRequest request) {
        return request.hasRequest() && !request.getRequest().getClient().isEmpty();
    }

    public long entry() {
        return at.entry();
    }

    public int place() {
        return at.place();
    }

    /** Timestamp of the entry. */
    public long logged() {
        return at.logged();
    }

    /** Whether a request closes its id where it has not run. */
    static boolean closes(LoggedRequest request) {
        return request.getSettle() || request.getTransaction().hasRelease();
    }

    LoggedRequest request() {
        return at.request();
    }

    /** Whether its operations succeed or fail each for itself. */
    public boolean eachAlone() {
        return request().getEachAlone();
    }

    /** Which rows its answer shows. */
    public RowsWanted rowsWanted() {
        return request().getRowsWanted();
    }

    /** Whether it is a step of a transaction. */
    boolean isOfTransaction() {
        return request().hasTransaction();
    }

    /** Whether it prepares a transaction: it runs, and leaves the rows as they were. */
    public boolean isPrepare() {
        return request().getTransaction().hasPrepare();
    }

    /** Whether it commits what a transaction has prepared: that cannot fail. */
    public boolean isCommit() {
        return request().getTransaction().hasCommit();
    }

    /** Whether it has run and nothing of it failed. */
    public boolean hasSucceeded() {
        return run != null && error == null && affected != null;
    }

    /** What was prepared, once it has run. */
    public List<PreparedRow> prepared() {
        return prepared;
    }

    /** Keeps the rows as the transaction leaves them. */
    public void prepared(List<PreparedRow> rows) {
        prepared = rows;
    }

    /** Its place in the log. */
    LogPlace logPlace() {
        return new LogPlace(entry(), place());
    }

    /** Timestamp of its rows: of the first one, where each operation stands alone. */
    long version() {
        return at.times().first();
    }

    /** Whether its outcome depends on the rows as they are. */
    public boolean isConditional() {
        return mustRun() && LoggedWrites.isConditional(request());
    }

    /** Whether a record of it is kept. */
    boolean remembered() {
        return remembered;
    }

    /** Whether it still has to run; false when the outcome is known without. */
    public boolean mustRun() {
        return run != null && error == null && affected == null;
    }

    /** Its operations; none when it does not run. */
    public List<RowChange> changes() {
        return run == null ? List.of() : run.changes();
    }

    /** Ranges that it depends on; none when it does not run. */
    public List<RequestPlan.CheckedRange> checks() {
        return run == null ? List.of() : run.checks();
    }

    /** What it locks where it prepares. */
    LockNeeds needs() {
        return run == null ? LockNeeds.NONE : run.needs();
    }

    /** Whether it was to run, also where it failed. */
    boolean wasPlanned() {
        return run != null;
    }

    /** The one shape of all its changes, or null when they differ (or there are none). */
    public RowChange.@Nullable Shape shape() {
        List<RowChange> changes = changes();
        if (changes.isEmpty()) {
            return null;
        }
        RowChange.Shape shape = changes.getFirst().shape();
        for (RowChange change : changes) {
            if (!change.shape().equals(shape)) {
                return null;
            }
        }
        return shape;
    }

    /** Each operation met so many rows. */
    public void succeeded(int[] counts) {
        succeeded(counts, List.of(), List.of());
    }

    /**
     * It has run.
     *
     * @param counts rows that each operation changed
     * @param failures operations that failed, where each stands alone
     * @param rows as its answer shows them
     */
    public void succeeded(int[] counts, List<FailedOperation> failures, List<ShownRow> rows) {
        affected = counts;
        failed = failures;
        shown = rows;
        error = null;
    }

    /** Tells of each operation the numbers of its row, also to repeats. */
    public void told(List<ToldNumbers> numbers) {
        told = numbers;
    }

    /** Failed by the data of one operation; the sentence is ours, the same whatever the engine. */
    public void failed(ErrorCode code, int operation, String table) {
        String reason = switch (code) {
            case DUPLICATE_KEY -> "a row with this key exists";
            case ROW_NOT_FOUND -> "there is no row with this key";
            default -> "the database refused the row";
        };
        failed(failure(code, reason, operation, table));
    }

    /** Failed as a whole. */
    public void failed(ErrorDetail reason) {
        affected = null;
        failed = List.of();
        shown = List.of();
        told = List.of();
        error = reason;
    }

    /** Says which operation failed, and why. */
    public static ErrorDetail failure(ErrorCode code, String reason, int operation, String table) {
        return new DatabaseException(
                        code,
                        "operation " + operation + " on table " + table + ": " + reason,
                        Map.of("operation", Integer.toString(operation), "table", table))
                .toWire();
    }

    /** The answer, once everything before it has run. */
    WriteReply reply() {
        if (original != null) {
            return original.reply().toBuilder().clearShown().setRepeated(true).build();
        }
        if (first != null) {
            return first.toBuilder().setRepeated(true).build();
        }
        WriteReply.Builder reply = WriteReply.newBuilder()
                .setIndex(at.entry())
                .setTimestamp(at.times().first())
                .setEpoch(at.epoch());
        if (error != null) {
            return reply.setError(error).build();
        }
        int[] counts = affected;
        if (counts == null) {
            throw new IllegalStateException("request " + at.place() + " of entry " + at.entry() + " has not run");
        }
        for (int count : counts) {
            reply.addAffected(count);
        }
        if (request().getTransaction().hasDecide()) {
            DecideStep step = request().getTransaction().getDecide();
            reply.setDecidedAttempt(step.getAttempt()).addAllWholeAffected(step.getAffectedList());
            for (int i = 0; i < Math.min(counts.length, step.getOwnCount()); i++) {
                reply.setWholeAffected(step.getOwn(i), counts[i]);
            }
        }
        if (eachAlone()) {
            reply.setTimestampStep(at.times().step());
        }
        return reply.addAllFailed(failed).addAllShown(shown).addAllTold(told).build();
    }

    /** What is kept of it. */
    RequestRecord record() {
        LoggedRequest request = at.request();
        RequestRecord.Builder record = RequestRecord.newBuilder()
                .setRequest(request.getRequest())
                .setContentHash(request.getContentHash())
                .setClientHash(request.getClientHash())
                .setReply(reply().toBuilder().clearShown())
                .setClosed(closes(request));
        if (run != null && !run.changes().isEmpty()) {
            record.setLowPosition(run.low()).setHighPosition(run.high());
        }
        return record.build();
    }
}
