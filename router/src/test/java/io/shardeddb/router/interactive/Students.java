package io.shardeddb.router.interactive;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import java.util.stream.IntStream;

/** A table in shards of a hundred keys each, and operations on it. */
final class Students {
    static final TableDefinition TABLE = FakeCluster.studentTable();
    static final int SHARDS = 3;
    static final int SIZE = 100;
    static final Topology TOPOLOGY = topology(1, 1);

    private Students() {}

    static Topology topology(long schemaVersion, long epoch) {
        return new Topology(
                new DatabaseSchema(schemaVersion, Strategy.RANGE, List.of(TABLE)),
                IntStream.range(0, SHARDS)
                        .mapToObj(i -> new ShardEntry(
                                "sh" + i, group(i), Interval.ofSize((long) i * SIZE, SIZE), epoch, List.of()))
                        .toList(),
                List.of());
    }

    static GroupId group(long key) {
        return new GroupId(1, key);
    }

    static GroupId groupOf(long key) {
        return group(key / SIZE);
    }

    static Row key(long id) {
        return Row.of(new Value.Int64(id));
    }

    static Row row(long id, long marks) {
        return Row.of(new Value.Int64(id), new Value.Text("s" + id), new Value.Int64(marks));
    }

    static StoredRow stored(long id, long marks, long version) {
        return new StoredRow(row(id, marks), version);
    }

    static RowOperation.Builder insert(long id, long marks) {
        return RowOperation.newBuilder().setKind(OperationKind.INSERT).setRow(RowCodec.encode(row(id, marks)));
    }

    static RowOperation.Builder upsert(long id, long marks) {
        return insert(id, marks).setKind(OperationKind.UPSERT);
    }

    static RowOperation.Builder update(long id, long marks) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.UPDATE)
                .setKey(bytes(id))
                .addColumns(2)
                .setRow(RowCodec.encode(List.of(new Value.Int64(marks))));
    }

    static RowOperation.Builder delete(long id) {
        return RowOperation.newBuilder().setKind(OperationKind.DELETE).setKey(bytes(id));
    }

    static ByteString bytes(long id) {
        return RowCodec.encode(key(id));
    }

    static RowOperation.Builder when(Precondition condition, RowOperation.Builder operation) {
        return operation.addConditions(ChangeCodec.toWire(condition));
    }

    /** The operations of a request, as the transaction gets them. */
    static List<RowOperations.Operation> operations(RowOperation.Builder... operations) {
        WritePlan plan = new WritePlan(TABLE);
        for (RowOperation.Builder each : operations) {
            long id = each.getKey().isEmpty()
                    ? id(RowCodec.decode(each.getRow(), 3))
                    : id(RowCodec.decode(each.getKey(), 1));
            plan.add(TOPOLOGY.shardAt(id, TABLE), each.build());
        }
        return RowOperations.of(plan);
    }

    static long id(Row row) {
        return row.get(0) instanceof Value.Int64(long id) ? id : -1;
    }
}
