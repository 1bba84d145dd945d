package io.shardeddb.server.store.mysql;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.OwnInterval;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.VersionedWriteBatch;
import io.shardeddb.protocol.wire.WriteBatch;
import io.shardeddb.server.store.CommittedEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A log for tests: hands out entries with indexes and timestamps that follow one another. */
public final class Entries {

    /** Milliseconds of the first entry. */
    static final long START = 1_790_000_000_000L;

    private final DatabaseSchema schema;
    private long index;
    private long millis = START;
    private long number;
    private long term = 1;

    public Entries(DatabaseSchema schema) {
        this.schema = schema;
    }

    public long index() {
        return index;
    }

    public long millis() {
        return millis;
    }

    /** Goes on at another index and time, as a log does that another replica has written. */
    public Entries at(long lastIndex, long lastMillis) {
        index = lastIndex;
        millis = lastMillis;
        number = 1_000_000 + lastIndex;
        return this;
    }

    public void newTerm() {
        term++;
    }

    public void pass(long elapsedMillis) {
        millis += elapsedMillis;
    }

    public CommittedEntry command(LoggedCommand.Builder command) {
        index++;
        millis++;
        return new CommittedEntry(
                index, term, command.setTimestamp(millis << 16).build(), null);
    }

    public CommittedEntry empty() {
        return new CommittedEntry(++index, term, null, null);
    }

    public CommittedEntry configuration(String content) {
        return new CommittedEntry(++index, term, null, ByteString.copyFromUtf8(content));
    }

    public CommittedEntry define(DatabaseSchema definition) {
        return command(LoggedCommand.newBuilder().setDefineSchema(definition.toWire()));
    }

    public CommittedEntry own(Interval interval, long epoch) {
        return command(LoggedCommand.newBuilder()
                .setOwnInterval(
                        OwnInterval.newBuilder().setInterval(interval.toWire()).setEpoch(epoch)));
    }

    public CommittedEntry open() {
        return command(
                LoggedCommand.newBuilder().setOpenShard(OpenShard.newBuilder().setOpen(true)));
    }

    /** What a new shard's log begins with. */
    public List<CommittedEntry> beginning() {
        return List.of(empty(), define(schema), own(Interval.ALL, 1), open());
    }

    public CommittedEntry write(LoggedRequest... requests) {
        return command(
                LoggedCommand.newBuilder().setWrite(WriteBatch.newBuilder().addAllRequests(List.of(requests))));
    }

    /** Each request has a timestamp of its own. */
    public CommittedEntry versioned(LoggedRequest... requests) {
        int timestamps =
                Arrays.stream(requests).mapToInt(LoggedWrites::timestamps).sum();
        CommittedEntry plain = write(requests);
        LoggedCommand command = Objects.requireNonNull(plain.command());
        return new CommittedEntry(
                plain.index(),
                plain.term(),
                LoggedCommand.newBuilder()
                        .setTimestamp(command.getTimestamp() + timestamps - 1)
                        .setVersionedWrite(VersionedWriteBatch.newBuilder()
                                .addAllRequests(List.of(requests))
                                .setFirstTimestamp(command.getTimestamp())
                                .setTimestampStep(1))
                        .build(),
                null);
    }

    public LoggedRequest request(RowOperation... operations) {
        return request("client", ++number, operations);
    }

    public LoggedRequest request(String client, long requestNumber, RowOperation... operations) {
        LoggedRequest.Builder request = LoggedRequest.newBuilder()
                .setRequest(RequestId.newBuilder()
                        .setClient(client)
                        .setNumber(requestNumber)
                        .setIssuedAtMillis(millis))
                .setSchemaVersion(schema.version())
                .setEpoch(1)
                .addAllOperations(List.of(operations));
        schema.tables().forEach(table -> request.addTables(table.name()));
        int hash = List.of(operations).hashCode();
        return request.setContentHash(hash).build();
    }

    public RowOperation insert(String table, Value... values) {
        return row(OperationKind.INSERT, table, values);
    }

    public RowOperation row(OperationKind kind, String table, Value... values) {
        return RowOperation.newBuilder()
                .setKind(kind)
                .setTable(place(table))
                .setRow(RowCodec.encode(List.of(values)))
                .build();
    }

    public RowOperation update(String table, Row key, List<String> columns, Value... values) {
        TableDefinition definition = schema.table(table);
        return RowOperation.newBuilder()
                .setKind(OperationKind.UPDATE)
                .setTable(place(table))
                .setKey(RowCodec.encode(key))
                .addAllColumns(columns.stream().map(definition::indexOf).toList())
                .setRow(RowCodec.encode(List.of(values)))
                .build();
    }

    public RowOperation delete(String table, Row key) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.DELETE)
                .setTable(place(table))
                .setKey(RowCodec.encode(key))
                .build();
    }

    public ReadRequest keys(String table, Row... keys) {
        KeySelection.Builder selection = KeySelection.newBuilder();
        for (Row key : keys) {
            selection.addKeys(RowCodec.encode(key));
        }
        return ReadRequest.newBuilder()
                .setTable(table)
                .setSchemaVersion(schema.version())
                .setEpoch(1)
                .setKeys(selection)
                .build();
    }

    public ReadRequest range(String table, @Nullable Row from, @Nullable Row to, int limit) {
        RangeSelection.Builder range = RangeSelection.newBuilder().setLimit(limit);
        if (from != null) {
            range.setFrom(RowCodec.encode(from));
        }
        if (to != null) {
            range.setTo(RowCodec.encode(to));
        }
        return ReadRequest.newBuilder()
                .setTable(table)
                .setSchemaVersion(schema.version())
                .setEpoch(1)
                .setRange(range)
                .build();
    }

    private int place(String table) {
        List<TableDefinition> tables = schema.tables();
        for (int i = 0; i < tables.size(); i++) {
            if (tables.get(i).name().equals(table)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no table " + table);
    }

    public static List<Row> rows(List<ByteString> encoded) {
        return encoded.stream().map(RowCodec::decode).toList();
    }

    public static Value number(long value) {
        return new Value.Int64(value);
    }

    public static Value text(String value) {
        return new Value.Text(value);
    }

    public static <T> List<T> concat(List<T> front, List<T> back) {
        List<T> all = new ArrayList<>(front);
        all.addAll(back);
        return all;
    }
}
