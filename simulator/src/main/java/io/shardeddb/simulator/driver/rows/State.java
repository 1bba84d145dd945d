package io.shardeddb.simulator.driver.rows;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.transaction.LogPlace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that is stored of a replica after an entry. Never changes. */
public final class State {
    /** Tables and ownership are there from the beginning. */
    public static final State EMPTY = new State(
            new AppliedRow(0, 0, "", 0, 0, SimTable.version(), Interval.ALL, 1, true, 0, 0, 0, 0),
            null,
            new TreeMap<>(ByteString.unsignedLexicographicalComparator()),
            null,
            Map.of());

    private final AppliedRow row;
    private final @Nullable ByteString configuration;
    private final SortedMap<ByteString, StoredRow> rows;
    private final @Nullable Remembered remembered;
    private final Map<LogPlace, TransactionRecord> transactions;

    /**
     * What requests of an entry came to, and what those before it did.
     *
     * @param logged time of the entry, in milliseconds since the epoch
     */
    record Remembered(
            long entry,
            long logged,
            RequestRecords records,
            @Nullable Remembered before) {}

    /**
     * What an entry made.
     *
     * @param state afterwards
     * @param outcome what the waiting requests are told
     */
    public record Step(State state, EntryOutcome outcome) {}

    State(
            AppliedRow row,
            @Nullable ByteString configuration,
            SortedMap<ByteString, StoredRow> rows,
            @Nullable Remembered remembered,
            Map<LogPlace, TransactionRecord> transactions) {
        this.row = row;
        this.configuration = configuration;
        this.rows = rows;
        this.remembered = remembered;
        this.transactions = transactions;
    }

    /** Index of the entry. */
    public long index() {
        return row.index();
    }

    /** Without the large parts. */
    AppliedRow row() {
        return row;
    }

    @Nullable
    ByteString configuration() {
        return configuration;
    }

    /** The rows by their encoded keys. */
    public SortedMap<ByteString, StoredRow> rows() {
        return rows;
    }

    /** A row as readers get it; absent: there is none. */
    public @Nullable ByteString encoded(ByteString key) {
        StoredRow found = rows.get(key);
        return found == null ? null : RowCodec.encode(found.row());
    }

    @Nullable
    Remembered remembered() {
        return remembered;
    }

    /** Transactions over several groups that are not over. */
    public Map<LogPlace, TransactionRecord> transactions() {
        return transactions;
    }

    /** As the store tells it. */
    public AppliedState applied() {
        Interval interval = row.interval();
        return new AppliedState(
                row.index(),
                row.term(),
                row.timestamp(),
                SimTable.SCHEMA.toWire(),
                interval == null ? null : interval.toWire(),
                row.epoch(),
                row.open(),
                row.stateHash(),
                configuration,
                row.configurationIndex());
    }

    /** The requests that are known, read from the records. */
    RequestWindow window() {
        Deque<Remembered> inOrder = new ArrayDeque<>();
        for (Remembered at = remembered; at != null; at = at.before()) {
            inOrder.addFirst(at);
        }
        RequestWindow window = new RequestWindow(RequestWindow.Limits.STANDARD, row.requestFloor());
        for (Remembered at : inOrder) {
            at.records()
                    .getRecordsList()
                    .forEach(record -> window.remember(at.entry(), record.getRequest(), at.logged()));
        }
        return window;
    }

    /** What requests of an entry came to; none when that is not known. */
    RequestRecords records(long entry) {
        for (Remembered at = remembered; at != null && at.entry() >= entry; at = at.before()) {
            if (at.entry() == entry) {
                return at.records();
            }
        }
        return RequestRecords.getDefaultInstance();
    }

    /** Whether it knows what any request came to. */
    public boolean remembersRequests() {
        return remembered != null;
    }

    /** The same rows at the same index, whatever else. */
    boolean hasRowsOf(State other) {
        return rows.equals(other.rows);
    }

    /** Whether all replicas may go on from either. */
    public boolean isLike(State other) {
        return index() == other.index()
                && row.stateHash() == other.row.stateHash()
                && rows.equals(other.rows)
                && transactions.equals(other.transactions);
    }

    /** The same without what requests came to. */
    public State withoutRecords() {
        return new State(row, configuration, rows, null, transactions);
    }

    /** The same without transactions that are prepared or decided. */
    public State withoutTransactions() {
        return new State(row, configuration, rows, remembered, Map.of());
    }

    /** The same without decisions that not all participants have heard of. */
    public State withoutDecisions() {
        Map<LogPlace, TransactionRecord> left = new HashMap<>(transactions);
        left.values().removeIf(TransactionRecord::hasDecision);
        return new State(row, configuration, rows, remembered, left);
    }

    /** This one's index, with the rows of another and what a third knows of requests: parts of several commits. */
    public State with(State rowsOf, State recordsOf) {
        return new State(row, configuration, rowsOf.rows, recordsOf.remembered, rowsOf.transactions);
    }

    /** This one's log position told one too high. */
    public AppliedState higher() {
        AppliedState state = applied();
        return new AppliedState(
                state.index() + 1,
                state.term(),
                state.timestamp(),
                state.schema(),
                state.interval(),
                state.epoch(),
                state.open(),
                state.stateHash(),
                state.configuration(),
                state.configurationIndex());
    }

    /** The id of a request, in one string. */
    static String id(LoggedRequest request) {
        return request.getRequest().getClient() + "/" + request.getRequest().getNumber();
    }
}
