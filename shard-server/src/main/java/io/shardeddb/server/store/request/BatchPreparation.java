package io.shardeddb.server.store.request;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OwnInterval;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the entries of one transaction in log order and settles for each request whether it runs, repeats an
 * earlier one or is refused, by what the log says up to there. The rows are not touched: what runs, runs afterwards in
 * the same order.
 */
public final class BatchPreparation {

    /** Fetches the records of an entry that an earlier transaction stored. */
    public interface RecordLookup {
        RequestRecords records(long index) throws SQLException;
    }

    /** Names a request for a verdict. */
    public record Target(long entry, int request) {}

    private final @Nullable StoredSchema schema;
    private final RequestWindow window;
    private final Map<Target, Verdict> verdicts;
    private final Repeats repeats;
    private final OpenTransactions open;
    private final TransactionSteps steps;
    private final List<EntryWork> entries = new ArrayList<>();
    private final Map<Long, EntryWork> byIndex = new HashMap<>();
    /** Of the entry that is looked at: rows need not be decoded twice. */
    private final IdentityHashMap<LoggedRequest, RequestPlan> planned = new IdentityHashMap<>();

    private RequestPlan.Ownership ownership;
    private boolean ownershipChanged;
    private @Nullable ByteString configuration;
    private long configurationIndex;
    private long timestamp;
    private long expiredThrough;

    public BatchPreparation(
            AppliedRow row,
            @Nullable StoredSchema schema,
            RequestWindow window,
            Map<Target, Verdict> verdicts,
            RecordLookup lookup,
            OpenTransactions open) {
        this.schema = schema;
        this.open = open;
        this.steps = new TransactionSteps(open, schema);
        this.window = window;
        this.verdicts = verdicts;
        this.repeats = new Repeats(window, byIndex, lookup);
        this.ownership = new RequestPlan.Ownership(row.interval(), row.epoch(), row.open());
        this.configurationIndex = row.configurationIndex();
        this.timestamp = row.timestamp();
    }

    public List<EntryWork> entries() {
        return entries;
    }

    /** All requests in log order. */
    public List<RequestWork> requests() {
        return entries.stream().flatMap(entry -> entry.requests().stream()).toList();
    }

    /** Whether anything but rows, their requests and the applied index changes. */
    public boolean changesMoreThanRows() {
        return ownershipChanged || configuration != null;
    }

    /** The running hash of results after these entries, whose requests have run. */
    public long stateHash(AppliedRow before) {
        long hash = before.stateHash();
        for (EntryWork entry : entries) {
            hash = entry.hashInto(hash);
        }
        return hash;
    }

    /** The applied row after these entries, whose requests have run. */
    public AppliedRow after(AppliedRow before) {
        CommittedEntry last = entries.getLast().entry();
        return new AppliedRow(
                last.index(),
                last.term(),
                before.memberId(),
                before.bootCounter(),
                timestamp,
                before.schemaVersion(),
                ownership.interval(),
                ownership.epoch(),
                ownership.open(),
                stateHash(before),
                configurationIndex,
                window.floor(),
                window.count());
    }

    public RequestPlan.Ownership ownership() {
        return ownership;
    }

    public boolean ownershipChanged() {
        return ownershipChanged;
    }

    /** The last configuration among the entries; absent when there is none. */
    public @Nullable ByteString configuration() {
        return configuration;
    }

    public long configurationIndex() {
        return configurationIndex;
    }

    /** Greatest timestamp so far. */
    public long timestamp() {
        return timestamp;
    }

    /** The last entry whose records are forgotten by now; 0: none in this transaction. */
    public long expiredThrough() {
        return expiredThrough;
    }

    /** Transactions that are not over, as of the last entry whose requests have run. */
    public OpenTransactions transactions() {
        return open;
    }

    /**
     * Whether what an entry comes to depends on requests that are prepared here and have not run: those that prepare or
     * decide a transaction. They must run before the entry is prepared. Else it would come to something else here than
     * where entries are put together in another way.
     */
    public boolean dependsOnUnrun(CommittedEntry entry) {
        LoggedCommand command = entry.command();
        if (command == null || !steps.anyUnrun()) {
            return false;
        }
        if (!LoggedWrites.isWrite(command)) {
            return true;
        }
        LoggedWrites writes = LoggedWrites.of(command);
        long[] firsts = writes.firsts();
        for (int i = 0; i < firsts.length; i++) {
            LoggedRequest request = writes.requests().get(i);
            RowTimes times = new RowTimes(firsts[i], writes.step());
            if (steps.dependsOnUnrun(request, () -> run(request, times))) {
                return true;
            }
        }
        return false;
    }

    private RequestPlan.@Nullable Run run(LoggedRequest request, RowTimes times) {
        RequestPlan plan = RequestPlan.of(request, times, schema, ownership);
        planned.put(request, plan);
        return plan instanceof RequestPlan.Run run ? run : null;
    }

    /** All requests that were prepared have run. What follows from them for transactions holds from now on. */
    public void ran(List<RequestWork> works) throws SQLException {
        for (RequestWork work : works) {
            if (work.isOfTransaction()) {
                steps.end(work);
            }
        }
        steps.allRan();
    }

    /** Takes the next entry. */
    public EntryWork prepare(CommittedEntry entry) throws SQLException {
        EntryWork work = new EntryWork(entry);
        entries.add(work);
        byIndex.put(entry.index(), work);
        if (entry.configuration() != null) {
            configuration = entry.configuration();
            configurationIndex = entry.index();
        }
        LoggedCommand command = entry.command();
        if (command == null) {
            return work;
        }
        if (CommittedEntry.isUnknown(command)) {
            throw new SQLException(
                    "entry " + entry.index() + " holds a command that this version does not know", "HY000");
        }
        timestamp = Math.max(timestamp, command.getTimestamp());
        switch (command.getBodyCase()) {
            case WRITE, VERSIONED_WRITE -> prepareWrite(work, command);
            case OWN_INTERVAL -> own(work, command.getOwnInterval());
            case OPEN_SHARD -> openShard(work, command.getOpenShard().getOpen());
            case CHECKSUM, VERDICT, BODY_NOT_SET -> {}
            case DEFINE_SCHEMA -> throw new IllegalStateException("a schema definition is applied on its own");
        }
        planned.clear();
        expiredThrough = Math.max(expiredThrough, window.expire(LoggedTime.millis(command.getTimestamp())));
        return work;
    }

    private void openShard(EntryWork work, boolean opens) {
        if (!mustDrain(work, opens == ownership.open())) {
            setOwnership(ownership.interval(), ownership.epoch(), opens);
        }
    }

    /** Whether an entry that changes something is refused because transactions are prepared. */
    private boolean mustDrain(EntryWork work, boolean changesNothing) {
        DatabaseException draining = changesNothing ? null : steps.draining();
        if (draining != null) {
            work.refused(draining.toWire());
        }
        return draining != null;
    }

    private void own(EntryWork work, OwnInterval command) {
        Interval interval = Interval.ofWire(command.getInterval());
        boolean same = interval.equals(ownership.interval()) && command.getEpoch() == ownership.epoch();
        boolean owns = ownership.interval() != null;
        if (!RequestDecision.takesInterval(same, owns, command.getEpoch(), ownership.epoch())) {
            work.refused(new DatabaseException(
                            ErrorCode.CONFLICT,
                            "the shard owns " + ownership.interval() + " at epoch " + ownership.epoch() + " already")
                    .toWire());
            return;
        }
        if (!mustDrain(work, same)) {
            setOwnership(interval, command.getEpoch(), ownership.open());
        }
    }

    private void setOwnership(@Nullable Interval interval, long epoch, boolean open) {
        ownership = new RequestPlan.Ownership(interval, epoch, open);
        ownershipChanged = true;
    }

    private void prepareWrite(EntryWork entry, LoggedCommand command) throws SQLException {
        long index = entry.entry().index();
        LoggedWrites writes = LoggedWrites.of(command);
        long[] firsts = writes.firsts();
        for (int i = 0; i < firsts.length; i++) {
            LoggedRequest request = writes.requests().get(i);
            RowTimes times = new RowTimes(firsts[i], writes.step());
            RequestWork.Place at =
                    new RequestWork.Place(index, i, command.getTimestamp(), times, ownership.epoch(), request);
            RequestWork work = request.hasTransaction() ? prepareStep(at) : prepareRequest(at);
            if (work.remembered()) {
                window.remember(index, request.getRequest(), LoggedTime.millis(command.getTimestamp()));
            }
            entry.add(work);
        }
    }

    private RequestWork prepareStep(RequestWork.Place at) throws SQLException {
        if (!RequestWork.hasId(at.request())) {
            return RequestWork.refused(
                    at,
                    new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a step of a transaction needs a request id"));
        }
        return switch (at.request().getTransaction().getStepCase()) {
            case COMMIT -> steps.commit(at);
            case FORGET -> steps.forget(at);
            case RELEASE -> {
                RequestWork released = steps.release(at);
                yield released == null ? prepareRequest(at) : released;
            }
            case PREPARE -> {
                RequestWork work = prepareRequest(at);
                steps.begin(work);
                yield work;
            }
            case DECIDE -> {
                RequestWork repeat = repeats.find(at, at.request().getRequest());
                RequestWork work = repeat == null ? decide(at) : repeat;
                steps.begin(work);
                yield work;
            }
            case STEP_NOT_SET ->
                RequestWork.refused(
                        at,
                        new DatabaseException(ErrorCode.MALFORMED_REQUEST, "the step of a transaction has no kind"));
        };
    }

    /** An attempt that was closed here is never decided, nor one of which that is not known any more. */
    private RequestWork decide(RequestWork.Place at) throws SQLException {
        RequestId attempt = at.request().getTransaction().getDecide().getAttempt();
        boolean admitted = window.admit(attempt, LoggedTime.millis(at.logged())) == RequestWindow.Admission.ADMITTED;
        if (!admitted || repeats.find(at, attempt) != null) {
            return RequestWork.refused(
                    at,
                    new DatabaseException(
                            ErrorCode.TRANSACTION_RELEASED,
                            "the transaction was not decided in time, and its shards gave it up; nothing was changed"));
        }
        return prepareRequest(at);
    }

    private RequestWork prepareRequest(RequestWork.Place at) throws SQLException {
        boolean settles = RequestWork.closes(at.request());
        if (!RequestWork.hasId(at.request())) {
            return decided(at, RequestDecision.withoutId(settles));
        }
        RequestWork decided = at.request().getSettle() ? steps.asked(at) : null;
        if (decided != null) {
            return decided;
        }
        RequestWork repeat = repeats.find(at, at.request().getRequest());
        if (repeat != null) {
            return repeat;
        }
        return decided(
                at,
                RequestDecision.first(
                        settles, window.admit(at.request().getRequest(), LoggedTime.millis(at.logged()))));
    }

    /** @param next anything but a repeat of an earlier one */
    private RequestWork decided(RequestWork.Place at, RequestDecision.Next next) {
        return switch (next) {
            case PLAN -> plan(at);
            case CLOSE ->
                RequestWork.decided(
                        at,
                        new DatabaseException(ErrorCode.REQUEST_NOT_RUN, "the request has not run and never will"),
                        null);
            case REFUSE_WITHOUT_ID ->
                RequestWork.refused(at, new DatabaseException(ErrorCode.MALFORMED_REQUEST, "settle needs an id"));
            case REFUSE_EXPIRED ->
                RequestWork.refused(
                        at,
                        new DatabaseException(
                                ErrorCode.REQUEST_EXPIRED,
                                "the request id is older than the window in which repeats are known; it was not run now"));
            case REFUSE_AHEAD_OF_TIME ->
                RequestWork.refused(
                        at,
                        new DatabaseException(
                                ErrorCode.MALFORMED_REQUEST,
                                "the request id's issue time is ahead of the shard's time: check the client's clock"));
            case REPEAT, REFUSE_CLOSED, REFUSE_CHANGED ->
                throw new IllegalArgumentException("the first one is not known: " + next);
        };
    }

    private RequestWork plan(RequestWork.Place at) {
        DecideStep decide = at.request().getTransaction().getDecide();
        if (decide.hasRefusal()) {
            return RequestWork.decided(at, DatabaseException.ofWire(decide.getRefusal()), null);
        }
        RequestPlan known = planned.get(at.request());
        return switch (known == null ? RequestPlan.of(at.request(), at.times(), schema, ownership) : known) {
            case RequestPlan.Refused(DatabaseException error) -> RequestWork.refused(at, error);
            case RequestPlan.Run run -> {
                DatabaseException waits = steps.mustWait(at.request(), run);
                if (waits != null) {
                    yield RequestWork.refused(at, waits);
                }
                Verdict verdict = verdicts.get(new Target(at.entry(), at.place()));
                yield verdict == null
                        ? RequestWork.running(at, run)
                        : RequestWork.decided(
                                at,
                                new DatabaseException(
                                        ErrorCode.ofName(verdict.getCode()),
                                        "the database cannot carry out the request"),
                                run);
            }
        };
    }
}
