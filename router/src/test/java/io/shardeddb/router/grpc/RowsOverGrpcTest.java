package io.shardeddb.router.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.shardeddb.protocol.wire.api.v1.Condition;
import io.shardeddb.protocol.wire.api.v1.GetRowReply;
import io.shardeddb.protocol.wire.api.v1.GetRowRequest;
import io.shardeddb.protocol.wire.api.v1.Key;
import io.shardeddb.protocol.wire.api.v1.Operation;
import io.shardeddb.protocol.wire.api.v1.ReadOptions;
import io.shardeddb.protocol.wire.api.v1.ReadRangeReply;
import io.shardeddb.protocol.wire.api.v1.ReadRangeRequest;
import io.shardeddb.protocol.wire.api.v1.Row;
import io.shardeddb.protocol.wire.api.v1.RowsGrpc;
import io.shardeddb.protocol.wire.api.v1.Value;
import io.shardeddb.protocol.wire.api.v1.WriteOptions;
import io.shardeddb.protocol.wire.api.v1.WriteOutcome;
import io.shardeddb.protocol.wire.api.v1.WriteReply;
import io.shardeddb.protocol.wire.api.v1.WriteRequest;
import io.shardeddb.router.fake.FakeCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows over the gRPC API, as clients meet it. */
class RowsOverGrpcTest {

    private final FakeCluster cluster = FakeCluster.students(2);
    private final GrpcUnderTest router = started();
    private final RowsGrpc.RowsBlockingStub rows =
            RowsGrpc.newBlockingStub(router.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);

    private GrpcUnderTest started() {
        try {
            return new GrpcUnderTest(cluster);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void announce() {
        cluster.announce();
    }

    @AfterEach
    void close() {
        router.close();
        cluster.close();
    }

    private static Value number(long number) {
        return Value.newBuilder().setIntValue(number).build();
    }

    private static Row student(long id, String name, long marks) {
        return Row.newBuilder()
                .putColumns("Stud_id", number(id))
                .putColumns("Stud_name", Value.newBuilder().setTextValue(name).build())
                .putColumns("Stud_marks", number(marks))
                .build();
    }

    private static Operation insert(Row row) {
        return Operation.newBuilder().setTable("StudT").setInsert(row).build();
    }

    private static WriteRequest write(Operation... operations) {
        return WriteRequest.newBuilder().addAllOperations(List.of(operations)).build();
    }

    private static GetRowRequest get(long id) {
        return GetRowRequest.newBuilder()
                .setTable("StudT")
                .setKey(Key.newBuilder().addValues(number(id)))
                .build();
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private static ErrorInfo info(StatusRuntimeException error) throws InvalidProtocolBufferException {
        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(error));
        assertThat(status.getDetailsCount()).as("%s", error).isPositive();
        return status.getDetails(0).unpack(ErrorInfo.class);
    }

    @Test
    void rowsGoInAndOutOverSeveralShards() {
        WriteReply written = rows.write(write(insert(student(7, "Ä", 1)), insert(student(5000, "b", 2))));
        assertThat(written.getOperations()).isEqualTo(2);
        assertThat(written.getAffected()).isEqualTo(2);
        assertThat(written.getSessionToken()).isNotEmpty();
        GetRowReply found = rows.getRow(get(7).toBuilder()
                .setOptions(ReadOptions.newBuilder().setSessionToken(written.getSessionToken()))
                .build());
        assertThat(found.getRow()).isEqualTo(student(7, "Ä", 1));
        assertThat(found.getVersion()).isEqualTo(written.getVersions(0));
        assertThat(rows.getRow(get(7).toBuilder().addColumns("Stud_name").build())
                        .getRow()
                        .getColumnsMap())
                .containsOnlyKeys("Stud_name");
    }

    @Test
    void errorsHaveOurCodeItsKindAndDetails() throws InvalidProtocolBufferException {
        StatusRuntimeException absent = failure(() -> rows.getRow(get(1)));
        assertThat(absent.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(info(absent).getReason()).isEqualTo("ROW_NOT_FOUND");
        assertThat(info(absent).getDomain()).isEqualTo("shardeddb.io");
        assertThat(info(absent).getMetadataMap())
                .containsEntry("table", "StudT")
                .containsEntry("kind", "refused");

        var _ = rows.write(write(insert(student(1, "a", 1))));
        StatusRuntimeException twice = failure(() -> rows.write(write(insert(student(1, "a", 1)))));
        assertThat(twice.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(info(twice).getReason()).isEqualTo("DUPLICATE_KEY");

        Operation stale = Operation.newBuilder()
                .setTable("StudT")
                .setUpdate(student(1, "b", 1))
                .addConditions(Condition.newBuilder().setVersion(3))
                .build();
        assertThat(failure(() -> rows.write(write(stale))).getStatus().getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(rows.getRow(get(1)).getRow()).isEqualTo(student(1, "a", 1));
    }

    @Test
    void whatIsMalformedIsRefusedWithItsPlace() throws InvalidProtocolBufferException {
        Map<String, WriteRequest> wrong = Map.of(
                "no operations", WriteRequest.getDefaultInstance(),
                "an operation without a kind",
                        write(Operation.newBuilder().setTable("StudT").build()),
                "a value without a kind",
                        write(insert(student(1, "a", 1).toBuilder()
                                .putColumns("Stud_marks", Value.getDefaultInstance())
                                .build())),
                "a text for a number",
                        write(insert(student(1, "a", 1).toBuilder()
                                .putColumns(
                                        "Stud_marks",
                                        Value.newBuilder().setTextValue("1").build())
                                .build())),
                "a condition without a kind",
                        write(insert(student(1, "a", 1)).toBuilder()
                                .addConditions(Condition.getDefaultInstance())
                                .build()),
                "an enum's unknown value",
                        write(insert(student(1, "a", 1))).toBuilder()
                                .setEachValue(77)
                                .build(),
                "a request id of another form",
                        write(insert(student(1, "a", 1))).toBuilder()
                                .setOptions(WriteOptions.newBuilder().setRequestId("x"))
                                .build());
        for (Map.Entry<String, WriteRequest> each : wrong.entrySet()) {
            StatusRuntimeException refused = failure(() -> rows.write(each.getValue()));
            assertThat(refused.getStatus().getCode()).as(each.getKey()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(info(refused).getMetadataMap()).as(each.getKey()).containsEntry("kind", "invalid");
        }
        assertThat(failure(() -> rows.getRow(get(1).toBuilder()
                                .setOptions(ReadOptions.newBuilder().setLevelValue(9))
                                .build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(cluster.group(0).size()).isZero();
    }

    @Test
    void aMessageAboveTheBoundIsRefusedAndTheConnectionStays() {
        Row large = student(1, "x".repeat(17 << 20), 1);
        assertThat(failure(() -> rows.write(write(insert(large)))).getStatus().getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(rows.write(write(insert(student(2, "b", 1)))).getAffected()).isEqualTo(1);
    }

    @Test
    void theSameRequestIdRunsOnce() throws InvalidProtocolBufferException {
        WriteRequest once = write(insert(student(1, "a", 1))).toBuilder()
                .setOptions(WriteOptions.newBuilder().setRequestId("me/1/" + System.currentTimeMillis()))
                .build();
        WriteReply first = rows.write(once);
        assertThat(rows.write(once).getTimestamp()).isEqualTo(first.getTimestamp());
        StatusRuntimeException changed = failure(() -> rows.write(
                once.toBuilder().setOperations(0, insert(student(1, "b", 1))).build()));
        assertThat(info(changed).getReason()).isEqualTo("REQUEST_CHANGED");
    }

    @Test
    void aRangeComesWholeAndInOrder() {
        List<Operation> many = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            many.add(insert(student(i * 2L, "name " + i, i)));
        }
        var _ = rows.write(WriteRequest.newBuilder().addAllOperations(many).build());
        List<Long> ids = new ArrayList<>();
        ReadRangeReply last = ReadRangeReply.getDefaultInstance();
        for (Iterator<ReadRangeReply> replies = rows.readRange(
                        ReadRangeRequest.newBuilder().setTable("StudT").build());
                replies.hasNext(); ) {
            last = replies.next();
            last.getRowsList()
                    .forEach(row -> ids.add(row.getColumnsOrThrow("Stud_id").getIntValue()));
        }
        assertThat(ids).hasSize(3000).isSorted().doesNotHaveDuplicates();
        assertThat(last.getEnd().getCount()).isEqualTo(3000);
        ReadRangeReply page = rows.readRange(ReadRangeRequest.newBuilder()
                        .setTable("StudT")
                        .setFrom(Key.newBuilder().addValues(number(10)))
                        .setLimit(2)
                        .build())
                .next();
        assertThat(page.getRowsList())
                .extracting(row -> row.getColumnsOrThrow("Stud_id").getIntValue())
                .containsExactly(10L, 12L);
        assertThat(page.getEnd().getContinuation()).isNotEmpty();
    }

    @Test
    void aStreamOfWritesAnswersEachInOrder() {
        CompletableFuture<List<WriteOutcome>> answers = new CompletableFuture<>();
        StreamObserver<WriteRequest> to = RowsGrpc.newStub(router.channel()).writeStream(new Collecting<>(answers));
        for (int i = 0; i < 50; i++) {
            to.onNext(write(insert(student(i % 40, "a", i))));
        }
        to.onCompleted();
        List<WriteOutcome> outcomes = answers.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(outcomes).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(outcomes.get(i).getNumber()).isEqualTo(i);
            assertThat(outcomes.get(i).getError().getCode()).isEqualTo(i < 40 ? "" : "DUPLICATE_KEY");
        }
    }

    @Test
    void aDeadlineEndsAWriteToAShardWithoutLeader() throws InvalidProtocolBufferException {
        cluster.group(0).loseLeader();
        long began = System.nanoTime();
        StatusRuntimeException late = failure(
                () -> rows.withDeadlineAfter(1500, TimeUnit.MILLISECONDS).write(write(insert(student(1, "a", 1)))));
        assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        assertThat(cluster.group(0).size()).isZero();
    }

    @Test
    void whatIsNotPossibleNowSaysWhenToTryAgain() throws InvalidProtocolBufferException {
        cluster.group(0).refuseWith(io.shardeddb.protocol.error.ErrorCode.READ_ONLY);
        StatusRuntimeException refused = failure(() -> rows.write(write(insert(student(1, "a", 1)))));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(refused));
        assertThat(status.getDetailsList()).anyMatch(detail -> detail.is(RetryInfo.class));
    }

    /** Takes one message, and no more until told. */
    private static final class Slow implements ClientResponseObserver<ReadRangeRequest, ReadRangeReply> {
        final CompletableFuture<ReadRangeReply> first = new CompletableFuture<>();

        @Nullable
        ClientCallStreamObserver<ReadRangeRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<ReadRangeRequest> started) {
            call = started;
            started.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(ReadRangeReply reply) {
            first.complete(reply);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }

    @Test
    void aCancelledRangeIsCountedAndEndsItsScans() {
        cluster.group(0).pretend(5_000_000);
        Slow slow = new Slow();
        RowsGrpc.newStub(router.channel())
                .readRange(ReadRangeRequest.newBuilder().setTable("StudT").build(), slow);
        assertThat(slow.first.orTimeout(30, TimeUnit.SECONDS).join().getRowsCount())
                .isPositive();
        ClientCallStreamObserver<ReadRangeRequest> call = Objects.requireNonNull(slow.call);
        call.cancel("enough", null);
        MeterRegistry meters = router.bean(MeterRegistry.class);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> meters
                        .find("grpc.server.processing.duration")
                        .tags("method", "ReadRange", "statusCode", "CANCELLED")
                        .timers()
                        .stream()
                        .anyMatch(timer -> timer.count() == 1));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("send")));
    }

    @Test
    void reflectionListsTheServices() {
        CompletableFuture<List<ServerReflectionResponse>> answers = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> asked =
                ServerReflectionGrpc.newStub(router.channel()).serverReflectionInfo(new Collecting<>(answers));
        asked.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        asked.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("shardeddb.api.v1.Rows")
                .build());
        asked.onCompleted();
        List<ServerReflectionResponse> told =
                answers.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(told.getFirst().getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("shardeddb.api.v1.Rows", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");
        assertThat(told.getLast().getFileDescriptorResponse().getFileDescriptorProtoList())
                .extracting(ByteString::size)
                .isNotEmpty();
    }

    @Test
    void healthFollowsTheRouter() {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(router.channel());
        HealthCheckRequest ofRows = HealthCheckRequest.newBuilder()
                .setService("shardeddb.api.v1.Rows")
                .build();
        assertThat(health.check(ofRows).getStatus()).isEqualTo(ServingStatus.SERVING);
        router.bean(ApiServer.class).leave();
        assertThat(health.check(ofRows).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(rows.write(write(insert(student(1, "a", 1)))).getAffected()).isEqualTo(1);
    }

    /** All messages of a call. */
    private record Collecting<T>(CompletableFuture<List<T>> result, List<T> seen) implements StreamObserver<T> {
        Collecting(CompletableFuture<List<T>> result) {
            this(result, new ArrayList<>());
        }

        @Override
        public void onNext(T message) {
            seen.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            result.complete(seen);
        }
    }
}
