package io.shardeddb.server.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.AddExpression;
import io.shardeddb.protocol.wire.ColumnCondition;
import io.shardeddb.protocol.wire.ComparisonKind;
import io.shardeddb.protocol.wire.JsonSetExpression;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowComputation;
import io.shardeddb.protocol.wire.RowCondition;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.ReplicaView;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WriteChecksTest {

    private static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(new TableDefinition(
                    "t",
                    List.of(
                            new ColumnDefinition("k", ColumnType.parse("Number"), false),
                            new ColumnDefinition("doc", ColumnType.parse("JSON"), true)),
                    List.of("k"),
                    "k")));

    private static final ReplicaView VIEW = new ReplicaView(
            "sh1",
            Role.LEADER,
            1,
            LeaderHint.getDefaultInstance(),
            ReplicaState.HEALTHY,
            "",
            5,
            SCHEMA,
            Interval.ALL,
            1,
            true);

    private static WriteRequest write(String json) {
        return WriteRequest.newBuilder()
                .setRequest(RequestId.newBuilder().setClient("c").setNumber(1))
                .setSchemaVersion(1)
                .setEpoch(1)
                .addTables("t")
                .addOperations(RowOperation.newBuilder()
                        .setKind(OperationKind.INSERT)
                        .setRow(RowCodec.encode(Row.of(new Value.Int64(1), new Value.Text(json)))))
                .build();
    }

    private static String arrays(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    /** A database would refuse it when it is applied, each in its own way. */
    @Test
    void takesJsonAsDeepAsEveryDatabaseAndNoDeeper() {
        int most = CanonicalJson.MAX_STORED_DEPTH;
        assertThat(WriteChecks.check(write(arrays(most)), VIEW).getOperationsCount())
                .isEqualTo(1);
        assertThatThrownBy(() -> WriteChecks.check(write(arrays(most + 1)), VIEW))
                .isInstanceOfSatisfying(DatabaseException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.VALUE_OUT_OF_RANGE);
                    assertThat(e.details()).containsEntry("column", "doc").containsEntry("operation", "0");
                });
    }

    @Test
    void saysWhetherTheHashIsOfWhatTheClientSent() {
        assertThat(WriteChecks.check(write("1"), VIEW).getClientHash()).isFalse();
        WriteRequest hashed = write("1").toBuilder().setContentHash(9).build();
        assertThat(WriteChecks.check(hashed, VIEW).getClientHash()).isTrue();
        assertThat(WriteChecks.check(hashed, VIEW).getContentHash()).isEqualTo(9);
    }

    /** Written by hand, as no router of ours does. */
    @ParameterizedTest
    @MethodSource("noConditions")
    void refusesConditionsAndExpressionsThatFitNoRow(RowOperation operation, ErrorCode code) {
        WriteRequest request = write("1").toBuilder()
                .clearOperations()
                .addConditionalOperations(operation)
                .build();
        assertThatThrownBy(() -> WriteChecks.check(request, VIEW))
                .isInstanceOfSatisfying(DatabaseException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.details()).containsEntry("operation", "0");
                });
    }

    static Stream<Arguments> noConditions() {
        ByteString one = RowCodec.encode(Row.of(new Value.Int64(1)));
        ByteString blank = RowCodec.encode(Row.of(new Value.Text("{ }")));
        return Stream.of(
                Arguments.of(condition(RowCondition.newBuilder()), ErrorCode.MALFORMED_REQUEST),
                Arguments.of(condition(comparing(7, ComparisonKind.EQUAL, one)), ErrorCode.MALFORMED_REQUEST),
                Arguments.of(
                        condition(comparing(0, ComparisonKind.EQUAL, ByteString.EMPTY)), ErrorCode.MALFORMED_REQUEST),
                Arguments.of(
                        condition(comparing(0, ComparisonKind.COMPARISON_KIND_UNSPECIFIED, one)),
                        ErrorCode.MALFORMED_REQUEST),
                Arguments.of(condition(comparing(1, ComparisonKind.LESS, blank)), ErrorCode.WRONG_TYPE),
                Arguments.of(computed(RowComputation.newBuilder().setColumn(1)), ErrorCode.MALFORMED_REQUEST),
                Arguments.of(
                        computed(RowComputation.newBuilder()
                                .setColumn(0)
                                .setAdd(AddExpression.newBuilder().setAmount(one))),
                        ErrorCode.KEY_NOT_CHANGEABLE),
                Arguments.of(
                        computed(RowComputation.newBuilder()
                                .setColumn(1)
                                .setAdd(AddExpression.newBuilder().setAmount(one))),
                        ErrorCode.WRONG_TYPE),
                Arguments.of(computed(putting("{ }")), ErrorCode.MALFORMED_REQUEST),
                Arguments.of(computed(putting("{")), ErrorCode.MALFORMED_REQUEST),
                Arguments.of(
                        computed(putting(arrays(CanonicalJson.MAX_STORED_DEPTH + 1))), ErrorCode.MALFORMED_REQUEST));
    }

    private static RowCondition.Builder comparing(int column, ComparisonKind kind, ByteString value) {
        return RowCondition.newBuilder()
                .setColumn(ColumnCondition.newBuilder()
                        .setColumn(column)
                        .setComparison(kind)
                        .setValue(value));
    }

    private static RowComputation.Builder putting(String json) {
        return RowComputation.newBuilder()
                .setColumn(1)
                .setJsonSet(JsonSetExpression.newBuilder().setJson(json));
    }

    private static RowOperation condition(RowCondition.Builder condition) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.DELETE)
                .setKey(RowCodec.encode(Row.of(new Value.Int64(1))))
                .addConditions(condition)
                .build();
    }

    private static RowOperation computed(RowComputation.Builder computation) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.UPDATE)
                .setKey(RowCodec.encode(Row.of(new Value.Int64(1))))
                .setRow(RowCodec.encode(Row.of()))
                .addComputations(computation)
                .build();
    }

    @Test
    void boundsOperationsThatStandAlone() {
        WriteRequest.Builder request = write("1").toBuilder().clearOperations().setEachAlone(true);
        for (int i = 0; i <= 10_000; i++) {
            request.addConditionalOperations(write("1").getOperations(0));
        }
        assertThatThrownBy(() -> WriteChecks.check(request.build(), VIEW))
                .hasMessageContaining("10001 operations")
                .hasMessageContaining("at most 10000");
    }
}
