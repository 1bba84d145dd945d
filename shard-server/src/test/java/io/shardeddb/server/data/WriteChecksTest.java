package io.shardeddb.server.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ShardingStrategy;
import io.shardeddb.protocol.wire.TableDescription;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.ReplicaView;
import org.junit.jupiter.api.Test;

class WriteChecksTest {
    private static final SchemaDefinition SCHEMA = SchemaDefinition.newBuilder()
            .setVersion(3)
            .setStrategy(ShardingStrategy.RANGE)
            .addTables(TableDescription.newBuilder()
                    .setName("t")
                    .addColumns(ColumnDescription.newBuilder().setName("id").setType("Number"))
                    .addColumns(ColumnDescription.newBuilder().setName("small").setType("TINYINT"))
                    .addColumns(ColumnDescription.newBuilder().setName("word").setType("VARCHAR(3)"))
                    .addPrimaryKey("id")
                    .setShardKey("id"))
            .build();

    private static ReplicaView view(boolean open) {
        return new ReplicaView(
                "sh1",
                Role.LEADER,
                1,
                LeaderHint.getDefaultInstance(),
                ReplicaState.HEALTHY,
                "",
                10,
                DatabaseSchema.ofWire(SCHEMA),
                Interval.ofWire(
                        PositionInterval.newBuilder().setFrom(0).setTo(100).build()),
                7,
                open);
    }

    private static WriteRequest.Builder request(RowOperation.Builder... operations) {
        WriteRequest.Builder request = WriteRequest.newBuilder()
                .setRequest(RequestId.newBuilder().setClient("c").setNumber(1).setIssuedAtMillis(5))
                .setSchemaVersion(3)
                .setEpoch(7)
                .addTables("t");
        for (RowOperation.Builder operation : operations) {
            request.addOperations(operation);
        }
        return request;
    }

    private static RowOperation.Builder insert(long id, Value small, Value word) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.INSERT)
                .setRow(RowCodec.encode(Row.of(new Value.Int64(id), small, word)));
    }

    private static RowOperation.Builder insert(long id) {
        return insert(id, new Value.Int64(1), new Value.Text("abc"));
    }

    private static ByteString key(long id) {
        return RowCodec.encode(Row.of(new Value.Int64(id)));
    }

    private static void refuses(WriteRequest.Builder request, ErrorCode code) {
        assertThatThrownBy(() -> WriteChecks.check(request.build(), view(true)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void letsThroughWhatFitsAndNamesItByItsContent() {
        LoggedRequest first = WriteChecks.check(request(insert(5)).build(), view(true));
        assertThat(first.getOperationsCount()).isEqualTo(1);
        WriteRequest.Builder repeated = request(insert(5));
        repeated.getRequestBuilder().setIssuedAtMillis(99);
        assertThat(WriteChecks.check(repeated.setTimeoutMillis(77).build(), view(true))
                        .getContentHash())
                .isEqualTo(first.getContentHash());
        assertThat(WriteChecks.check(request(insert(6)).build(), view(true)).getContentHash())
                .isNotEqualTo(first.getContentHash());
    }

    @Test
    void refusesWhileTheShardIsClosed() {
        assertThatThrownBy(() -> WriteChecks.check(request(insert(5)).build(), view(false)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SHARD_CLOSED));
    }

    @Test
    void refusesWhatWasMadeForAnotherLayoutOrEpoch() {
        refuses(request(insert(5)).setSchemaVersion(2), ErrorCode.SCHEMA_CHANGED);
        refuses(request(insert(5)).setEpoch(6), ErrorCode.MOVED);
    }

    @Test
    void refusesPositionsOutsideOfTheInterval() {
        refuses(request(insert(100)), ErrorCode.MOVED);
        refuses(request(insert(-1)), ErrorCode.MOVED);
        refuses(request(RowOperation.newBuilder().setKind(OperationKind.DELETE).setKey(key(100))), ErrorCode.MOVED);
        refuses(
                request(RowOperation.newBuilder()
                        .setKind(OperationKind.UPDATE)
                        .setKey(key(-1))
                        .addColumns(1)
                        .setRow(RowCodec.encode(Row.of(new Value.Int64(1))))),
                ErrorCode.MOVED);
    }

    @Test
    void refusesValuesThatTheirColumnsCannotHold() {
        refuses(request(insert(1, new Value.Int64(128), new Value.Text("a"))), ErrorCode.VALUE_OUT_OF_RANGE);
        refuses(request(insert(1, new Value.Int64(1), new Value.Text("abcd"))), ErrorCode.VALUE_TOO_LONG);
        refuses(request(insert(1, new Value.Text("1"), new Value.Text("a"))), ErrorCode.WRONG_TYPE);
    }

    @Test
    void saysWhichOperationIsWrong() {
        assertThatThrownBy(() -> WriteChecks.check(
                        request(insert(1), insert(2), insert(300)).build(), view(true)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.details()).containsEntry("operation", "2"));
    }

    @Test
    void refusesRequestsWithoutIdOperationKindOrTable() {
        refuses(request(insert(5)).clearRequest(), ErrorCode.MALFORMED_REQUEST);
        refuses(request(), ErrorCode.MALFORMED_REQUEST);
        refuses(request(insert(5).clearKind()), ErrorCode.MALFORMED_REQUEST);
        refuses(request(insert(5).setTable(1)), ErrorCode.MALFORMED_REQUEST);
        refuses(request(insert(5)).setTables(0, "u"), ErrorCode.UNKNOWN_TABLE);
    }

    @Test
    void refusesBytesThatAreNoRow() {
        refuses(request(insert(5).setRow(ByteString.copyFromUtf8("nonsense"))), ErrorCode.MALFORMED_REQUEST);
        refuses(request(insert(5).setRow(RowCodec.encode(Row.of(new Value.Int64(5))))), ErrorCode.MALFORMED_REQUEST);
    }

    @Test
    void refusesAChangeOfAColumnThatIsNotThere() {
        refuses(
                request(RowOperation.newBuilder()
                        .setKind(OperationKind.UPDATE)
                        .setKey(key(1))
                        .addColumns(3)
                        .setRow(RowCodec.encode(Row.of(new Value.Int64(1))))),
                ErrorCode.UNKNOWN_COLUMN);
    }
}
