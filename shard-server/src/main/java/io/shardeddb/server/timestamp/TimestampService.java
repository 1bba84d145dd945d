package io.shardeddb.server.timestamp;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.shardeddb.consensus.timestamp.TimestampKeeper;
import io.shardeddb.consensus.timestamp.TimestampLayout;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.NextTimestampReply;
import io.shardeddb.protocol.wire.NextTimestampRequest;
import io.shardeddb.protocol.wire.TickReply;
import io.shardeddb.protocol.wire.TickRequest;
import io.shardeddb.protocol.wire.TimestampsGrpc;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.log.ConfigurationCodec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What other servers and routers may ask of the timestamp service. */
public final class TimestampService extends TimestampsGrpc.TimestampsImplBase {
    private static final int DEFAULT_TIMEOUT_MILLIS = 5_000;

    private final Timestamps timestamps;
    private final BooleanSupplier isolated;
    private final Consumer<Runnable> later;

    /**
     * @param isolated whether the fault switch cuts this server off from the others
     * @param later does what answers another server: at once, or later by the fault switch
     */
    public TimestampService(Timestamps timestamps, BooleanSupplier isolated, Consumer<Runnable> later) {
        this.timestamps = timestamps;
        this.isolated = isolated;
        this.later = later;
    }

    @Override
    public void tick(TickRequest request, StreamObserver<TickReply> answer) {
        if (isolated.getAsBoolean()) {
            answer.onError(Status.UNAVAILABLE
                    .withDescription("isolated by the fault switch")
                    .asRuntimeException());
            return;
        }
        if (!timestamps.self().equals(ConfigurationCodec.memberId(request.getVolume()))) {
            answer.onError(Status.FAILED_PRECONDITION
                    .withDescription("this server has another volume")
                    .asRuntimeException());
            return;
        }
        if (request.getCount() < 1 || request.getCount() > TimestampKeeper.MAX_COUNT) {
            answer.onError(badCount(request.getCount()));
            return;
        }
        var _ = timestamps.tick(request).thenAccept(given -> {
            TickReply.Builder reply = TickReply.newBuilder();
            switch (given) {
                case TimestampKeeper.Answer.Given(long question, long epoch, long first) ->
                    reply.setEpoch(epoch).setFirst(first);
                case TimestampKeeper.Answer.Refused(long question, var newest) ->
                    reply.setNewest(TimestampCodec.toWire(newest));
                case TimestampKeeper.Answer.Settled settled ->
                    throw new IllegalStateException("not an answer to a tick: " + settled);
            }
            TickReply complete = reply.build();
            later.accept(() -> {
                answer.onNext(complete);
                answer.onCompleted();
            });
        });
    }

    @Override
    public void next(NextTimestampRequest request, StreamObserver<NextTimestampReply> answer) {
        if (!timestamps.isOn()) {
            answer.onNext(NextTimestampReply.getDefaultInstance());
            answer.onCompleted();
            return;
        }
        int count = request.getCount() == 0 ? 1 : request.getCount();
        if (count < 0 || count > TimestampKeeper.MAX_COUNT) {
            answer.onError(badCount(count));
            return;
        }
        int millis = request.getTimeoutMillis() == 0 ? DEFAULT_TIMEOUT_MILLIS : request.getTimeoutMillis();
        CompletableFuture<Long> timestamp = new CompletableFuture<>();
        long number = timestamps.next(count, 0, timestamp::complete);
        var _ = timestamp.orTimeout(millis, TimeUnit.MILLISECONDS).whenComplete((given, failure) -> {
            NextTimestampReply.Builder reply = NextTimestampReply.newBuilder().setOfService(true);
            if (given == null) {
                timestamps.forget(number);
                reply.setError(Answers.error(
                        ErrorCode.OVERLOADED, "fewer servers of the timestamp service answer than are needed"));
            } else {
                reply.setTimestamp(given).setStep(TimestampLayout.later(0, 1));
            }
            answer.onNext(reply.build());
            answer.onCompleted();
        });
    }

    private static RuntimeException badCount(int count) {
        return Status.INVALID_ARGUMENT
                .withDescription(
                        "count is 1 to " + TimestampKeeper.MAX_COUNT + ", not " + Integer.toUnsignedString(count))
                .asRuntimeException();
    }
}
