package io.shardeddb.server.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.ReplicaView;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
