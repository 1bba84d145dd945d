package io.shardeddb.router.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.MeterRegistry;
import io.shardeddb.protocol.wire.api.v1.GetRowReply;
import io.shardeddb.protocol.wire.api.v1.GetRowRequest;
import io.shardeddb.protocol.wire.api.v1.Operation;
import io.shardeddb.protocol.wire.api.v1.ReadRangeReply;
import io.shardeddb.protocol.wire.api.v1.Row;
import io.shardeddb.protocol.wire.api.v1.RowsGrpc;
import io.shardeddb.protocol.wire.api.v1.Value;
import io.shardeddb.protocol.wire.api.v1.WriteReply;
import io.shardeddb.protocol.wire.api.v1.WriteRequest;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.forward.Writes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that cannot be read, and calls that nobody waits for any more. */
class CallsThatEndEarlyTest {

    private static final FakeCluster CLUSTER = FakeCluster.students(2);
    private static final GrpcUnderTest ROUTER = GrpcUnderTest.before(CLUSTER);

    @BeforeEach
    void announce() {
        CLUSTER.reset();
        CLUSTER.announce();
    }

    @AfterAll
    static void close() {
        ROUTER.close();
        CLUSTER.close();
    }

    /** Bytes as they are. */
    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static StatusRuntimeException sent(MethodDescriptor<?, ?> method, byte... message) {
        MethodDescriptor<byte[], byte[]> raw =
                method.toBuilder(new Raw(), new Raw()).build();
        return Failures.of(() -> {
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                ClientCalls.blockingUnaryCall(ROUTER.channel(), raw, CallOptions.DEFAULT, message);
            } else {
                ClientCalls.blockingServerStreamingCall(ROUTER.channel(), raw, CallOptions.DEFAULT, message)
                        .next();
            }
        });
    }

    @Test
    void aTextThatIsNotUtf8IsTheClientsFault() {
        MethodDescriptor<GetRowRequest, GetRowReply> unary = RowsGrpc.getGetRowMethod();
        MethodDescriptor<?, ReadRangeReply> stream = RowsGrpc.getReadRangeMethod();
        // Field 2 is the table's name, of two bytes that are no UTF-8.
        byte[] message = {0x12, 2, (byte) 0xC3, 0x28};
        for (StatusRuntimeException refused :
                new StatusRuntimeException[] {sent(unary, message), sent(stream, message)}) {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(Failures.info(refused).getReason()).isEqualTo("MALFORMED_REQUEST");
            assertThat(refused.getStatus().getDescription()).contains("UTF-8");
        }
        assertThat(ROUTER.bean(MeterRegistry.class)
                        .get("grpc.server.processing.duration")
                        .tags("method", "GetRow", "statusCode", "INVALID_ARGUMENT")
                        .timer()
                        .count())
                .isPositive();
    }

    @Test
    void bytesThatAreNoMessageAreTheClientsFault() {
        // A field of five bytes, of which two come.
        StatusRuntimeException refused =
                sent(RowsGrpc.getGetRowMethod(), (byte) 0x12, (byte) 5, (byte) 'a', (byte) 'b');
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private static WriteRequest insert(long id) {
        Row row = Row.newBuilder()
                .putColumns("Stud_id", Value.newBuilder().setIntValue(id).build())
                .putColumns("Stud_name", Value.newBuilder().setTextValue("a").build())
                .putColumns("Stud_marks", Value.newBuilder().setIntValue(1).build())
                .build();
        return WriteRequest.newBuilder()
                .addOperations(Operation.newBuilder().setTable("StudT").setInsert(row))
                .build();
    }

    @Test
    void aWriteThatWaitsForALeaderStopsWhenItsClientCancels() {
        Writes writes = ROUTER.bean(Writes.class);
        CLUSTER.group(0).loseLeader();
        Future<WriteReply> waiting = RowsGrpc.newFutureStub(ROUTER.channel()).write(insert(1));
        await().until(() -> writes.underWay() == 1);
        assertThat(waiting.cancel(true)).isTrue();
        // By itself it would go on for ten seconds.
        await().atMost(Duration.ofSeconds(5)).until(() -> writes.underWay() == 0);
        assertThat(CLUSTER.group(0).size()).isZero();
    }
}
