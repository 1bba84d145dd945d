package io.shardeddb.router.grpc.rows;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.wire.api.v1.WriteOutcome;
import io.shardeddb.protocol.wire.api.v1.WriteReply;
import io.shardeddb.protocol.wire.api.v1.WriteRequest;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.grpc.ErrorStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many writes on one call, answered in their order. The client is asked for another one when the answer to an earlier
 * one has left, so what waits here is bounded by a few messages, however fast it sends and however slowly it reads.
 */
final class WriteSession implements StreamObserver<WriteRequest> {

    private static final int UNDER_WAY = 8;

    private final ServerCallStreamObserver<WriteOutcome> client;
    private final Function<WriteRequest, CompletableFuture<WriteReply>> write;
    private final Deque<CompletableFuture<WriteReply>> pending = new ArrayDeque<>();
    private long answered;
    private boolean finished;

    /** @param write begins a write; does not throw */
    WriteSession(StreamObserver<WriteOutcome> client, Function<WriteRequest, CompletableFuture<WriteReply>> write) {
        this.client = (ServerCallStreamObserver<WriteOutcome>) client;
        this.write = write;
        this.client.disableAutoRequest();
        this.client.setOnReadyHandler(this::answer);
        this.client.setOnCancelHandler(this::abandon);
        this.client.request(UNDER_WAY);
    }

    @Override
    public void onNext(WriteRequest request) {
        CompletableFuture<WriteReply> begun = write.apply(request);
        synchronized (this) {
            pending.add(begun);
        }
        var _ = begun.whenComplete((ignored, failure) -> answer());
    }

    /** Gives the answers that are there, in order, as far as the client takes them. */
    private synchronized void answer() {
        while (!client.isCancelled() && client.isReady()) {
            CompletableFuture<WriteReply> next = pending.peek();
            if (next == null || !next.isDone()) {
                break;
            }
            pending.remove();
            client.onNext(outcome(next, answered++));
            client.request(1);
        }
        if (finished && pending.isEmpty() && !client.isCancelled()) {
            finished = false;
            client.onCompleted();
        }
    }

    private static WriteOutcome outcome(CompletableFuture<WriteReply> done, long number) {
        WriteOutcome.Builder outcome = WriteOutcome.newBuilder().setNumber(number);
        return done.isCompletedExceptionally()
                ? outcome.setError(ErrorStatus.message(Writes.error(done.exceptionNow())))
                        .build()
                : outcome.setReply(done.join()).build();
    }

    private synchronized void abandon() {
        pending.clear();
    }

    @Override
    public void onError(@Nullable Throwable failure) {
        abandon();
    }

    @Override
    public synchronized void onCompleted() {
        finished = true;
        answer();
    }
}
