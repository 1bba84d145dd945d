package io.shardeddb.router.http.adaptive;

import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.NextTimestampReply;
import io.shardeddb.protocol.wire.NextTimestampRequest;
import io.shardeddb.protocol.wire.TimestampsGrpc;
import io.shardeddb.router.forward.ServerLinks;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Timestamps of the service: any server holds a session for whoever asks it. One that does not answer, or cannot reach enough others, is
 * passed over, and for a while nobody asks it but one request now and then.
 */
@Singleton
final class ServiceTimestamps {
    private static final int SESSION_MILLIS = 1_000;
    private static final int ATTEMPTS = 3;

    private final ServerLinks links;
    private final AtomicInteger turn = new AtomicInteger();
    private final Avoided avoided = new Avoided();

    ServiceTimestamps(ServerLinks links) {
        this.links = links;
    }

    /** One timestamp; fails with {@link DatabaseException} when none could be had. */
    CompletableFuture<Long> next(Topology topology) {
        List<String> addresses = topology.addresses().stream().sorted().toList();
        return attempt(addresses, ATTEMPTS);
    }

    private CompletableFuture<Long> attempt(List<String> addresses, int left) {
        if (addresses.isEmpty() || left == 0) {
            return CompletableFuture.failedFuture(new DatabaseException(
                    ErrorCode.OVERLOADED, "the timestamp service does not answer: too few of its servers are up"));
        }
        CompletableFuture<NextTimestampReply> answer = new CompletableFuture<>();
        String address = avoided.choose(addresses, turn.getAndIncrement(), System.nanoTime());
        TimestampsGrpc.newStub(links.channel(address))
                .withDeadlineAfter(2L * SESSION_MILLIS, TimeUnit.MILLISECONDS)
                .next(
                        NextTimestampRequest.newBuilder()
                                .setTimeoutMillis(SESSION_MILLIS)
                                .build(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(NextTimestampReply reply) {
                                answer.complete(reply);
                            }

                            @Override
                            public void onError(Throwable failure) {
                                answer.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {
                                answer.completeExceptionally(new IllegalStateException("answered with nothing"));
                            }
                        });
        return answer.exceptionally(silence -> NextTimestampReply.getDefaultInstance())
                .thenCompose(reply -> {
                    if (reply.getOfService() && !reply.hasError()) {
                        avoided.answered(address);
                        return CompletableFuture.completedFuture(reply.getTimestamp());
                    }
                    avoided.failed(address, System.nanoTime());
                    return attempt(addresses, left - 1);
                });
    }
}
