package io.shardeddb.protocol.stream;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/**
 * The answer of a call that has one.
 *
 * @param future completed by it on the connection's thread; fails with what gRPC says, or when the call ends without an
 *     answer
 */
public record SingleAnswer<T>(CompletableFuture<T> future) implements StreamObserver<T> {

    /** One that did not come yet. */
    public SingleAnswer() {
        this(new CompletableFuture<>());
    }

    @Override
    public void onNext(T answer) {
        future.complete(answer);
    }

    @Override
    public void onError(Throwable failure) {
        future.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        future.completeExceptionally(new IllegalStateException("answered with nothing"));
    }
}
