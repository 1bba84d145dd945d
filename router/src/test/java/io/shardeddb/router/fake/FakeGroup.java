package io.shardeddb.router.fake;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.CutCheck;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.topology.GroupId;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A shard's state, as if all its replicas were always equal: rows in key order, answers by request id, and who leads.
 */
public final class FakeGroup {

    private final Map<GroupId, FakeGroup> cluster;
    final GroupId id;
    private final TableDefinition tableAtFirst;
    private TableDefinition table;
    private final NavigableMap<Row, Row> rows;
    private final Map<Row, Long> versions;
    private final FakeRecords records = new FakeRecords();
    private final FakeTransactions transactions = new FakeTransactions();
    private @Nullable InstantSource time;
    private boolean older;
    /** How many rows reads have selected. */
    public final AtomicLong given = new AtomicLong();
    /** How often it was asked whether a view shows everything. */
    public final AtomicInteger checks = new AtomicInteger();

    private long logMillis;
    private long layout;
    private int leader;
    private long term = 1;
    private long index;
    private long synthetic;
    private @Nullable ErrorCode refusal;
    private long schemaVersion = 1;
    private Interval interval;
    private long epoch = 1;
    private final Interval ownedAtFirst;

    FakeGroup(Map<GroupId, FakeGroup> cluster, GroupId id, TableDefinition table, Interval interval) {
        this.cluster = cluster;
        this.id = id;
        this.table = table;
        this.tableAtFirst = table;
        this.interval = interval;
        this.ownedAtFirst = interval;
        this.rows = new TreeMap<>(table::compareKeys);
        this.versions = new TreeMap<>(table::compareKeys);
    }

    /** Server number {@code server} leads from now on, in a new term. */
    public synchronized void lead(int server) {
        leader = server;
        term++;
    }

    /** Nobody leads. */
    public synchronized void loseLeader() {
        leader = -1;
        term++;
    }

    /** Answers everything with this error; null: works again. */
    public synchronized void refuseWith(@Nullable ErrorCode code) {
        refusal = code;
    }

    /** Requires rows of another schema version. */
    public synchronized void schemaVersion(long version) {
        schemaVersion = version;
    }

    /** Has this table from now on, under a version: columns keep their values by their names, new ones have none. */
    public synchronized void define(long version, TableDefinition next) {
        rows.replaceAll((key, row) -> new Row(next.columns().stream()
                .map(column -> table.indexOf(column.name()))
                .map(place -> place < 0 ? Value.Null.NULL : row.get(place))
                .toList()));
        table = next;
        schemaVersion = version;
    }

    /** Rows are laid out otherwise from now on: the same row has other bytes. */
    public synchronized void changesLayout() {
        layout++;
    }

    /** Has a time from now on, by which ids are judged: the clock's, which never goes back. */
    public synchronized void time(InstantSource clock) {
        time = clock;
    }

    /**
     * Is of servers that neither tell their time, nor refuse an id for its time before it is in the log, nor know
     * hashes of what was sent.
     */
    public synchronized void older(boolean older) {
        this.older = older;
    }

    /** Remembers so many requests at most. */
    public synchronized void remembers(int most) {
        records.capacity(most);
    }

    /** Owns other positions from now on, under an epoch. */
    public synchronized void own(Interval owned, long underEpoch) {
        interval = owned;
        epoch = underEpoch;
    }

    /** The positions that it owns. */
    public synchronized Interval interval() {
        return interval;
    }

    public synchronized long epoch() {
        return epoch;
    }

    /** Scans give this many rows, which exist nowhere: keys from 0 up. */
    public synchronized void pretend(long count) {
        synthetic = count;
    }

    /** Without rows, answers and faults, led by this server. */
    public synchronized void reset(int server) {
        rows.clear();
        records.clear();
        transactions.clear();
        time = null;
        older = false;
        given.set(0);
        logMillis = 0;
        layout = 0;
        refusal = null;
        schemaVersion = 1;
        table = tableAtFirst;
        interval = ownedAtFirst;
        epoch = 1;
        synthetic = 0;
        index = 0;
        lead(server);
    }

    public synchronized int size() {
        return rows.size();
    }

    /** How many requests ran (not counting repeats). */
    public synchronized long runs() {
        return index;
    }

    /** The row of a key; null when there is none. */
    public synchronized @Nullable Row row(Row key) {
        return rows.get(key);
    }

    public synchronized boolean leads(int server) {
        return leader == server;
    }

    synchronized LeaderHint hint(List<String> addresses) {
        return LeaderHint.newBuilder()
                .setTerm(term)
                .setAddress(leader < 0 ? "" : addresses.get(leader))
                .setServer(leader < 0 ? "" : "Server" + leader)
                .build();
    }

    /** The same as this server tells it: with the time, if it leads. */
    synchronized LeaderHint hint(List<String> addresses, int server) {
        Long now = logMillis();
        return server == leader && now != null && !older
                ? hint(addresses).toBuilder().setLogMillis(now).build()
                : hint(addresses);
    }

    /** Whether something was written since a view. What is prepared and not decided holds no reader up here. */
    synchronized CutReply check(CutCheck check, int server, List<String> addresses) {
        checks.incrementAndGet();
        CutReply.Builder reply = CutReply.newBuilder().setLeader(hint(addresses, server));
        return leads(server)
                ? reply.setChanged(index > check.getIndex()).build()
                : reply.setError(new DatabaseException(ErrorCode.NOT_LEADER, "not the leader").toWire())
                        .build();
    }

    private @Nullable Long logMillis() {
        InstantSource clock = time;
        if (clock == null) {
            return null;
        }
        logMillis = Math.max(logMillis, clock.millis());
        return logMillis;
    }

    synchronized long index() {
        return index;
    }

    /** Refuses what a server would refuse. */
    synchronized void check(long version) {
        if (refusal != null) {
            throw new DatabaseException(refusal, "as the test asked");
        }
        if (version != schemaVersion) {
            throw new DatabaseException(
                    ErrorCode.SCHEMA_CHANGED,
                    "version " + version + ", not " + schemaVersion,
                    Map.of("schemaVersion", Long.toString(schemaVersion)));
        }
    }

    private void checkEpoch(long asked) {
        if (asked != epoch) {
            throw new DatabaseException(
                    ErrorCode.MOVED, "epoch " + asked + ", not " + epoch, Map.of("epoch", Long.toString(epoch)));
        }
    }

    /** Ends what transactions have left open, as the servers do by themselves after a while. */
    public synchronized void resolve() {
        transactions.resolve(this::transactionsOf, rows);
    }

    private FakeTransactions transactionsOf(Uid group) {
        return Objects.requireNonNull(cluster.get(GroupId.ofWire(group))).transactions;
    }

    private @Nullable WriteReply end(WriteRequest sent) {
        RequestId attempt = sent.getRequest();
        switch (sent.getTransaction().getStepCase()) {
            case COMMIT -> transactions.commit(attempt, rows);
            case RELEASE -> transactions.release(attempt);
            case FORGET -> {
                // The decision is kept.
            }
            default -> {
                return null;
            }
        }
        return WriteReply.newBuilder().setIndex(index).build();
    }

    /** Runs a write as the leader would. */
    public synchronized WriteReply write(WriteRequest sent) {
        WriteReply ended = older ? null : end(sent);
        if (ended != null) {
            return ended;
        }
        check(sent.getSchemaVersion());
        checkEpoch(sent.getEpoch());
        // An older server does not see what it does not know.
        WriteRequest request =
                older ? sent.toBuilder().clearContentHash().clearIdOrigin().build() : sent;
        Long now = logMillis();
        DatabaseException misfit = now == null ? null : FakeRecords.misfit(request, now);
        if (misfit != null) {
            throw misfit;
        }
        long timestamp = now == null ? index + 1 : (now << 16) + (index + 1);
        WriteReply known = records.answer(request, layout, now, older);
        if (known != null) {
            boolean refused = known.getIndex() == 0;
            return refused
                    ? known.toBuilder()
                            .setIndex(index + 1)
                            .setTimestamp(timestamp)
                            .build()
                    : known;
        }
        if (older && request.getOperationsCount() == 0) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a write needs an operation");
        }
        TransactionStep step = request.getTransaction();
        transactions.requireFree(request, table);
        if (step.hasPrepare() && transactions.isClosed(request.getRequest())) {
            throw new DatabaseException(ErrorCode.REQUEST_CLOSED, "the attempt was given up");
        }
        if (step.hasDecide()) {
            transactions.requireOpen(step.getDecide().getAttempt());
            timestamp = Math.max(timestamp, step.getDecide().getPreparedTimestamp() + 1);
        }
        WriteReply done = run(request, timestamp);
        records.keep(request, layout, done);
        return done;
    }

    private WriteReply run(WriteRequest request, long timestamp) {
        TransactionStep step = request.getTransaction();
        NavigableMap<Row, Row> before = new TreeMap<>(rows);
        Map<Row, Long> versionsBefore = Map.copyOf(versions);
        FakeConditions conditions = new FakeConditions(table, rows, versions);
        WriteReply.Builder reply = WriteReply.newBuilder().setIndex(++index).setTimestamp(timestamp);
        try {
            if (step.getDecide().hasRefusal()) {
                throw DatabaseException.ofWire(step.getDecide().getRefusal());
            }
            for (int i = 0; i < request.getOperationsCount(); i++) {
                try {
                    reply.addAffected(new FakeChanges(table, rows).run(request.getOperations(i)));
                } catch (DatabaseException e) {
                    throw e.with("operation", Integer.toString(i));
                }
            }
            conditions.written(before, timestamp);
            conditions.run(withSteps(request), timestamp, reply);
            if (step.hasDecide()) {
                transactions.decide(step.getDecide(), reply);
            } else if (step.hasPrepare()) {
                transactions.prepare(request, table, rows);
                restore(before, versionsBefore);
            }
        } catch (DatabaseException e) {
            restore(before, versionsBefore);
            reply.clearAffected().clearFailed().clearShown().setError(e.toWire());
        }
        return reply.build();
    }

    private static WriteRequest withSteps(WriteRequest request) {
        return request.hasTransaction()
                ? request.toBuilder()
                        .addAllConditionalOperations(request.getTransactionOperationsList())
                        .build()
                : request;
    }

    private void restore(NavigableMap<Row, Row> before, Map<Row, Long> versionsBefore) {
        rows.clear();
        rows.putAll(before);
        versions.clear();
        versions.putAll(versionsBefore);
    }

    /** Tells the time, and the versions of rows that were read, where they are wanted. */
    synchronized void tell(ReadRequest request, ReadReply.Builder reply) {
        Long now = logMillis();
        reply.setLogMillis(now == null || older ? 0 : now);
        if (request.getWithTimestamps() && synthetic == 0) {
            FakeRange.selected(table, rows, request)
                    .limit(reply.getRowsCount())
                    .forEach(row -> reply.addTimestamps(versions.getOrDefault(table.keyOf(row), 0L)));
        }
    }

    /** The selected rows, projected and encoded. */
    synchronized Iterator<ByteString> select(ReadRequest request) {
        check(request.getSchemaVersion());
        if (request.hasRange()) {
            checkEpoch(request.getEpoch());
        }
        if (synthetic > 0) {
            return LongStream.range(FakeRange.firstKey(request.getRange()), synthetic)
                    .mapToObj(i -> RowCodec.encode(
                            Row.of(new Value.Int64(i), new Value.Text("Student" + i), new Value.Int64(i % 100))))
                    .iterator();
        }
        transactions.commitDecided(this::transactionsOf, rows);
        String filter = older ? "" : request.getDocumentFilter();
        List<Row> selected = FakeRange.narrowed(FakeRange.selected(table, rows, request), filter)
                .toList();
        given.addAndGet(selected.size());
        return selected.stream()
                .map(row -> RowCodec.encode(FakeRange.projected(row, request.getColumnsList())))
                .iterator();
    }
}
