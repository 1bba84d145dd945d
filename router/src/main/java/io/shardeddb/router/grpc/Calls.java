package io.shardeddb.router.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.Writes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls with one answer, and the time that their clients wait. */
public final class Calls {

    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    /** An answer that leaves so long before the client gives up still reaches it, with what it says of the effect. */
    private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int MARGIN_SHARE = 4;

    private Calls() {}

    /**
     * What a call does.
     *
     * @param <T> its answer
     */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * Begins it.
         *
         * @param until when to give up, by {@link System#nanoTime}; absent: the client sets no deadline
         */
        CompletableFuture<T> begin(@Nullable Long until);
    }

    /** Answers a call with one message, or with an error. Does not block unless the work does. */
    public static <T> void answer(StreamObserver<T> client, Work<T> work) {
        Long until = until();
        CompletableFuture<T> answer;
        try {
            answer = work.begin(until);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete((message, failure) -> {
            if (failure != null) {
                client.onError(status(failure, until));
            } else if (!isCancelled(client)) {
                client.onNext(message);
                client.onCompleted();
            }
        });
    }

    private static boolean isCancelled(StreamObserver<?> client) {
        return client instanceof ServerCallStreamObserver<?> call && call.isCancelled();
    }

    /**
     * When work for the present call gives up, by {@link System#nanoTime}: a little before its client does. Null when
     * the client sets no deadline.
     */
    public static @Nullable Long until() {
        Deadline deadline = Context.current().getDeadline();
        if (deadline == null) {
            return null;
        }
        long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
        return System.nanoTime() + left - Math.min(MARGIN_NANOS, Math.max(0, left / MARGIN_SHARE));
    }

    /** The status that ends a call; a fault of the software is logged too. */
    public static StatusRuntimeException status(Throwable failure, @Nullable Long until) {
        DatabaseException error = Writes.error(failure);
        if (error.code() == ErrorCode.INTERNAL) {
            LOG.error("A gRPC call failed", failure);
        }
        return until != null && System.nanoTime() - until >= 0 ? ErrorStatus.late(error) : ErrorStatus.of(error);
    }
}
