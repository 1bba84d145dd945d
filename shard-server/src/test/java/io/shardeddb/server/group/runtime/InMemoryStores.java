package io.shardeddb.server.group.runtime;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.apply.Checksums;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.DamagedStoreException;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for MySQL: one table's rows by key, with a switch that makes everything fail as if the database were away.
 */
final class InMemoryStores implements StoreFactory {
    private final Map<String, Memory> replicas = new ConcurrentHashMap<>();
    private volatile boolean away;
    private volatile boolean settlingFails;
    private volatile boolean refusingEntries;
    private volatile long refusedVersion;
    private volatile long damagingVersion;
    private volatile CountDownLatch definitionGate = new CountDownLatch(0);
    private volatile CountDownLatch thaw = new CountDownLatch(0);
    private volatile CountDownLatch scanGate = new CountDownLatch(0);

    void setAway(boolean gone) {
        away = gone;
    }

    /** Whether settling fails, also where nothing is held, as when a transaction is found ended. */
    void setSettlingFails(boolean fails) {
        settlingFails = fails;
    }

    /** Scans stand still after each row until the gate opens. */
    void holdScans(CountDownLatch gate) {
        scanGate = gate;
    }

    /** Definitions stand still, as where all rows of a table are written anew, until the gate opens. */
    void holdDefinitions(CountDownLatch gate) {
        definitionGate = gate;
    }

    private void awaitScansMayGoOn() throws StoreUnavailableException {
        await(scanGate);
    }

    private static void await(CountDownLatch gate) throws StoreUnavailableException {
        try {
            if (!gate.await(30, TimeUnit.SECONDS)) {
                throw new StoreUnavailableException("the test never opened the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted");
        }
    }

    /** Nothing fails and nothing is answered, until it thaws. */
    void freeze() {
        thaw = new CountDownLatch(1);
    }

    void thaw() {
        thaw.countDown();
    }

    /** Only applying fails, as with a full volume: looking at the database goes on well. */
    void setRefusingEntries(boolean refuses) {
        refusingEntries = refuses;
    }

    /** Definitions of this version are refused, as by a database that cannot make their tables; 0: none. */
    void refuseVersion(long version) {
        refusedVersion = version;
    }

    /** Definitions of this version find that something of what is in force is gone; 0: none. */
    void damageAt(long version) {
        damagingVersion = version;
    }

    /** As if a copy up to an index had been completed, and the process had ended before its log knew. */
    void completeCopy(String group, String memberId, AppliedState state) {
        Memory memory = Objects.requireNonNull(replicas.get(group + memberId));
        memory.state = state;
        memory.copied = state.index();
    }

    @Override
    public ReplicaStore open(String group, String memberId, long bootCounter) throws StoreUnavailableException {
        check();
        return replicas.computeIfAbsent(group + memberId, key -> new Memory());
    }

    @Override
    public Claim claim(String volumeId) throws StoreUnavailableException {
        check();
        return Claim.OWN;
    }

    @Override
    public void verify() throws StoreUnavailableException {
        check();
    }

    private void check() throws StoreUnavailableException {
        try {
            thaw.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted");
        }
        if (away) {
            throw new StoreUnavailableException("the database is away");
        }
    }

    @Override
    public void close() {}

    private final class Memory implements ReplicaStore {
        private final TreeMap<Long, ByteString> rows = new TreeMap<>();
        private final Map<String, WriteReply> answers = new TreeMap<>();
        private long copied = -1;
        private AppliedState state = new AppliedState(0, 0, 0, null, null, 0, false, 0, null, 0);
        /** What readers see while entries are held. */
        private @Nullable Settled settled;

        private record Settled(TreeMap<Long, ByteString> rows, Map<String, WriteReply> answers, AppliedState state) {}

        @Override
        public synchronized AppliedState applied() throws StoreUnavailableException {
            check();
            settle();
            return state;
        }

        @Override
        public synchronized @Nullable List<EntryOutcome> hold(List<CommittedEntry> entries)
                throws StoreUnavailableException {
            if (!entries.stream().allMatch(CommittedEntry::changesRowsAlone)) {
                settle();
                return null;
            }
            Settled before = new Settled(new TreeMap<>(rows), new TreeMap<>(answers), state);
            List<EntryOutcome> outcomes = run(entries);
            if (settled == null) {
                settled = before;
            }
            return outcomes;
        }

        @Override
        public synchronized void settle() throws StoreUnavailableException {
            if (settlingFails || (settled != null && away)) {
                rollBack();
                throw new StoreUnavailableException("the database is away");
            }
            settled = null;
        }

        private void rollBack() {
            Settled before = settled;
            if (before != null) {
                rows.clear();
                rows.putAll(before.rows());
                answers.clear();
                answers.putAll(before.answers());
                state = before.state();
                settled = null;
            }
        }

        @Override
        public synchronized List<EntryOutcome> apply(List<CommittedEntry> entries, Consumer<List<EntryOutcome>> certain)
                throws StoreUnavailableException, UnresolvedRequestException {
            define(entries.getFirst());
            List<EntryOutcome> outcomes = run(entries);
            settle();
            return outcomes;
        }

        private void define(CommittedEntry entry) throws UnresolvedRequestException, StoreUnavailableException {
            LoggedCommand command = entry.command();
            if (command == null
                    || !command.hasDefineSchema()
                    || !entry.verdicts().isEmpty()) {
                return;
            }
            try {
                if (!definitionGate.await(30, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the test never opened the gate");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (command.getDefineSchema().getVersion() == damagingVersion) {
                throw new DamagedStoreException(
                        "column v of table t is missing", new IllegalStateException("engine error 4712"));
            }
            if (command.getDefineSchema().getVersion() == refusedVersion) {
                throw new UnresolvedRequestException(
                        entry.index(),
                        0,
                        ErrorCode.INVALID_SCHEMA.name(),
                        new IllegalStateException("engine error 4711"));
            }
        }

        private List<EntryOutcome> run(List<CommittedEntry> entries) throws StoreUnavailableException {
            try {
                check();
                if (refusingEntries) {
                    throw new StoreUnavailableException("no space left");
                }
            } catch (StoreUnavailableException e) {
                rollBack();
                throw e;
            }
            List<EntryOutcome> outcomes = new ArrayList<>();
            for (CommittedEntry entry : entries) {
                if (entry.index() != state.index() + 1) {
                    throw new IllegalStateException("entry " + entry.index() + " after " + state.index());
                }
                outcomes.add(apply(entry));
            }
            return outcomes;
        }

        private EntryOutcome apply(CommittedEntry entry) {
            LoggedCommand command = entry.command();
            List<WriteReply> replies = new ArrayList<>();
            List<TableChecksum> sums = new ArrayList<>();
            @Nullable SchemaDefinition schema = state.schema();
            @Nullable PositionInterval interval = state.interval();
            long epoch = state.epoch();
            boolean open = state.open();
            @Nullable ErrorDetail error = null;
            if (command != null) {
                switch (command.getBodyCase()) {
                    case WRITE, VERSIONED_WRITE ->
                        LoggedWrites.of(command)
                                .requests()
                                .forEach(request -> replies.add(run(request, entry, command.getTimestamp())));
                    case DEFINE_SCHEMA -> {
                        if (entry.verdicts().isEmpty()) {
                            schema = command.getDefineSchema();
                        } else {
                            error = Answers.error(ErrorCode.INVALID_SCHEMA, "refused by verdict");
                        }
                    }
                    case VERDICT -> {}
                    case OWN_INTERVAL -> {
                        interval = command.getOwnInterval().getInterval();
                        epoch = command.getOwnInterval().getEpoch();
                    }
                    case OPEN_SHARD -> open = command.getOpenShard().getOpen();
                    case CHECKSUM -> sums.add(sum());
                    default -> throw new IllegalStateException("not used in these tests");
                }
            }
            ByteString configuration = entry.configuration();
            state = new AppliedState(
                    entry.index(),
                    entry.term(),
                    command == null ? state.timestamp() : command.getTimestamp(),
                    schema,
                    interval,
                    epoch,
                    open,
                    state.stateHash() * 31 + entry.index(),
                    configuration == null ? state.configuration() : configuration,
                    configuration == null ? state.configurationIndex() : entry.index());
            return new EntryOutcome(entry.index(), replies, sums, error);
        }

        private WriteReply run(LoggedRequest request, CommittedEntry entry, long timestamp) {
            String id = request.getRequest().getClient() + "/"
                    + request.getRequest().getNumber();
            WriteReply first = answers.get(id);
            if (first != null) {
                return first.toBuilder().setRepeated(true).build();
            }
            WriteReply.Builder reply = WriteReply.newBuilder()
                    .setIndex(entry.index())
                    .setTimestamp(timestamp)
                    .setEpoch(state.epoch());
            for (RowOperation operation : request.getOperationsList()) {
                long key = ((Value.Int64) table().keyOf(RowCodec.decode(operation.getRow()))
                                .get(0))
                        .value();
                if (rows.containsKey(key)) {
                    reply.setError(Answers.error(ErrorCode.DUPLICATE_KEY, "key " + key + " exists"));
                } else {
                    rows.put(key, operation.getRow());
                    reply.addAffected(1);
                }
            }
            answers.put(id, reply.build());
            return reply.build();
        }

        private TableDefinition table() {
            SchemaDefinition schema = state.schema();
            if (schema == null) {
                throw new IllegalStateException("no schema");
            }
            return DatabaseSchema.ofWire(schema).tables().getFirst();
        }

        private TableChecksum sum() {
            return TableChecksum.newBuilder()
                    .setTable("t")
                    .setRows(rows.size())
                    .setLow(rows.hashCode())
                    .build();
        }

        @Override
        public synchronized AppliedState flush() throws StoreUnavailableException {
            check();
            settle();
            return state;
        }

        @Override
        public synchronized ReadReply read(ReadRequest request) throws StoreUnavailableException {
            check();
            Settled visible = settled == null ? new Settled(rows, answers, state) : settled;
            return ReadReply.newBuilder()
                    .addAllRows(visible.rows().values())
                    .setIndex(visible.state().index())
                    .build();
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
        public ScanEnd scan(ReadRequest request, Predicate<ScanChunk> chunks) throws StoreUnavailableException {
            List<ByteString> view;
            long index;
            synchronized (this) {
                check();
                view = List.copyOf(rows.values());
                index = state.index();
            }
            long given = 0;
            for (ByteString row : view) {
                if (!chunks.test(
                        ScanChunk.newBuilder().setIndex(index).addRows(row).build())) {
                    break;
                }
                given++;
                awaitScansMayGoOn();
            }
            return ScanEnd.newBuilder().setIndex(index).setRows(given).build();
        }

        @Override
        public synchronized Checksums checksums() {
            return new Checksums(state, List.of(sum()));
        }

        @Override
        public SnapshotSource openSnapshot() throws StoreUnavailableException {
            throw new StoreUnavailableException("copies are tested with a real database");
        }

        @Override
        public SnapshotSink beginInstall(String copyId) throws StoreUnavailableException {
            throw new StoreUnavailableException("copies are tested with a real database");
        }

        @Override
        public @Nullable String unfinishedInstall() {
            return null;
        }

        @Override
        public synchronized long copiedIndex() {
            return copied;
        }

        @Override
        public synchronized void forgetCopy() {
            copied = -1;
        }

        @Override
        public synchronized void drop() {
            rows.clear();
        }

        @Override
        public synchronized void close() {
            rollBack();
        }
    }

    static Row row(long key, String text) {
        return Row.of(new Value.Int64(key), new Value.Text(text));
    }
}
