package io.shardeddb.server.store.request;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestRecord;
import io.shardeddb.protocol.wire.WriteReply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request of one entry on its way through a transaction: what to run, and its outcome. */
public final class RequestWork {

    private final long entry;
    private final int place;
    private final long timestamp;
    private final long epoch;
    private final LoggedRequest request;
    private final RequestPlan.@Nullable Run run;
    private final boolean remembered;
    private int @Nullable [] affected;
    private @Nullable ErrorDetail error;
    private @Nullable RequestWork original;
    private @Nullable WriteReply first;

    private RequestWork(
            long entry,
            int place,
            long timestamp,
            long epoch,
            LoggedRequest request,
            RequestPlan.@Nullable Run run,
            boolean remembered) {
        this.entry = entry;
        this.place = place;
        this.timestamp = timestamp;
        this.epoch = epoch;
        this.request = request;
        this.run = run;
        this.remembered = remembered;
    }

    /** What every work has: its position in the log, and its epoch. */
    record Place(long entry, int place, long timestamp, long epoch, LoggedRequest request) {}

    /** A request that runs; remembered when it has an id. */
    static RequestWork running(Place at, RequestPlan.Run run) {
        return new RequestWork(
                at.entry(), at.place(), at.timestamp(), at.epoch(), at.request(), run, hasId(at.request()));
    }

    /** A request that a verdict failed, or that a settle closed: remembered, not run. */
    static RequestWork decided(Place at, DatabaseException error, RequestPlan.@Nullable Run run) {
        RequestWork work = new RequestWork(
                at.entry(), at.place(), at.timestamp(), at.epoch(), at.request(), run, hasId(at.request()));
        work.error = error.toWire();
        return work;
    }

    /** A request that is not run and not remembered. */
    static RequestWork refused(Place at, DatabaseException error) {
        RequestWork work =
                new RequestWork(at.entry(), at.place(), at.timestamp(), at.epoch(), at.request(), null, false);
        work.error = error.toWire();
        return work;
    }

    /** A repeat whose first run is in this same transaction. */
    static RequestWork repeatOf(Place at, RequestWork original) {
        RequestWork work =
                new RequestWork(at.entry(), at.place(), at.timestamp(), at.epoch(), at.request(), null, false);
        work.original = original;
        return work;
    }

    /** A repeat whose first answer is recorded. */
    static RequestWork repeatOf(Place at, WriteReply first) {
        RequestWork work =
                new RequestWork(at.entry(), at.place(), at.timestamp(), at.epoch(), at.request(), null, false);
        work.first = first;
        return work;
    }

    static boolean hasId(LoggedRequest request) {
        return request.hasRequest() && !request.getRequest().getClient().isEmpty();
    }

    public long entry() {
        return entry;
    }

    public int place() {
        return place;
    }

    public long timestamp() {
        return timestamp;
    }

    LoggedRequest request() {
        return request;
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

    public void succeeded(int[] counts) {
        affected = counts;
        error = null;
    }

    /** Failed by the data of one operation; the sentence is ours, the same whatever the engine. */
    public void failed(ErrorCode code, int operation, String table) {
        String reason = switch (code) {
            case DUPLICATE_KEY -> "a row with this key exists";
            case ROW_NOT_FOUND -> "there is no row with this key";
            default -> "the database refused the row";
        };
        affected = null;
        error = new DatabaseException(
                        code,
                        "operation " + operation + " on table " + table + ": " + reason,
                        Map.of("operation", Integer.toString(operation), "table", table))
                .toWire();
    }

    /** The answer, once everything before it has run. */
    WriteReply reply() {
        if (original != null) {
            return original.reply().toBuilder().setRepeated(true).build();
        }
        if (first != null) {
            return first.toBuilder().setRepeated(true).build();
        }
        WriteReply.Builder reply =
                WriteReply.newBuilder().setIndex(entry).setTimestamp(timestamp).setEpoch(epoch);
        if (error != null) {
            return reply.setError(error).build();
        }
        int[] counts = affected;
        if (counts == null) {
            throw new IllegalStateException("request " + place + " of entry " + entry + " has not run");
        }
        for (int count : counts) {
            reply.addAffected(count);
        }
        return reply.build();
    }

    /** What is kept of it. */
    RequestRecord record() {
        RequestRecord.Builder record = RequestRecord.newBuilder()
                .setRequest(request.getRequest())
                .setContentHash(request.getContentHash())
                .setClientHash(request.getClientHash())
                .setReply(reply())
                .setClosed(request.getSettle());
        if (run != null && !run.changes().isEmpty()) {
            record.setLowPosition(run.low()).setHighPosition(run.high());
        }
        return record.build();
    }
}
