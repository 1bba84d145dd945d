package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a replica after an entry, and what requests came to. Follows from the log alone, and never changes.
 *
 * @param applied as the store tells it
 * @param rows by key
 * @param records what each request came to, by its id
 */
record State(AppliedState applied, TreeMap<ByteString, ByteString> rows, Map<String, WriteReply> records) {
    static final State EMPTY =
            new State(new AppliedState(0, 0, 0, null, null, 0, false, 0, null, 0), new TreeMap<>(byBytes()), Map.of());

    private static java.util.Comparator<ByteString> byBytes() {
        return ByteString.unsignedLexicographicalComparator();
    }

    /**
     * What an entry made.
     *
     * @param state afterwards
     * @param outcome what the waiting request is told
     */
    record Step(State state, EntryOutcome outcome) {}

    long index() {
        return applied.index();
    }

    /** The id of a request, in one string. */
    static String id(LoggedRequest request) {
        return request.getRequest().getClient() + "/" + request.getRequest().getNumber();
    }

    Step then(CommittedEntry entry) {
        LoggedCommand command = entry.command();
        TreeMap<ByteString, ByteString> newRows = rows;
        Map<String, WriteReply> newRecords = records;
        List<WriteReply> replies = new ArrayList<>();
        List<TableChecksum> sums = new ArrayList<>();
        @Nullable SchemaDefinition schema = applied.schema();
        @Nullable PositionInterval interval = applied.interval();
        long epoch = applied.epoch();
        boolean open = applied.open();
        long hash = applied.stateHash() * 31 + entry.index();
        if (command != null) {
            switch (command.getBodyCase()) {
                case WRITE, VERSIONED_WRITE -> {
                    newRows = new TreeMap<>(rows);
                    newRecords = new LinkedHashMap<>(records);
                    LoggedWrites writes = LoggedWrites.of(command);
                    long timestamp = writes.first();
                    for (LoggedRequest request : writes.requests()) {
                        replies.add(run(request, entry.index(), timestamp, newRows, newRecords));
                        timestamp += writes.step();
                    }
                    for (WriteReply reply : replies) {
                        hash = hash * 31 + reply.getAffectedCount() + (reply.getRepeated() ? 7 : 0);
                    }
                }
                case DEFINE_SCHEMA -> schema = command.getDefineSchema();
                case OWN_INTERVAL -> {
                    interval = command.getOwnInterval().getInterval();
                    epoch = command.getOwnInterval().getEpoch();
                }
                case OPEN_SHARD -> open = command.getOpenShard().getOpen();
                case CHECKSUM ->
                    sums.add(TableChecksum.newBuilder()
                            .setTable("t")
                            .setRows(rows.size())
                            .setLow(rows.hashCode())
                            .build());
                default -> throw new IllegalStateException("nobody proposes " + command.getBodyCase() + " here");
            }
        }
        ByteString configuration = entry.configuration();
        AppliedState next = new AppliedState(
                entry.index(),
                entry.term(),
                command == null ? applied.timestamp() : command.getTimestamp(),
                schema,
                interval,
                epoch,
                open,
                hash,
                configuration == null ? applied.configuration() : configuration,
                configuration == null ? applied.configurationIndex() : entry.index());
        return new Step(new State(next, newRows, newRecords), new EntryOutcome(entry.index(), replies, sums, null));
    }

    private static WriteReply run(
            LoggedRequest request,
            long index,
            long timestamp,
            TreeMap<ByteString, ByteString> rows,
            Map<String, WriteReply> records) {
        String id = id(request);
        WriteReply first = records.get(id);
        if (first != null) {
            return first.toBuilder().setRepeated(true).build();
        }
        WriteReply.Builder reply = WriteReply.newBuilder().setIndex(index).setTimestamp(timestamp);
        for (RowOperation operation : request.getOperationsList()) {
            if (operation.getKind() == OperationKind.INSERT && rows.containsKey(operation.getKey())) {
                reply.setError(new DatabaseException(ErrorCode.DUPLICATE_KEY, "the key exists").toWire());
            } else {
                rows.put(operation.getKey(), operation.getRow());
                reply.addAffected(1);
            }
        }
        WriteReply done = reply.build();
        records.put(id, done);
        return done;
    }

    /** The same without what requests came to. */
    State withoutRecords() {
        return new State(applied, rows, Map.of());
    }
}
