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

/** Timestamps of the service: any server holds a session for whoever asks it. One that does not answer is passed over. */
@Singleton
final class ServiceTimestamps {
    private static final int SESSION_MILLIS = 2_000;
    private static final int ATTEMPTS = 3;

    private final ServerLinks links;
    private final AtomicInteger turn = new AtomicInteger();

    ServiceTimestamps(ServerLinks links) {
        this.links = links;
    }

    /** One timestamp; fails with {@link DatabaseException} when none could be had. */
    CompletableFuture<Long> next(Topology topology) {
        List<String> addresses = topology.addresses().stream().sorted().toList();
        return attempt(addresses, turn.getAndIncrement(), ATTEMPTS);
    }

    private CompletableFuture<Long> attempt(List<String> addresses, int number, int left) {
        if (addresses.isEmpty() || left == 0) {
            return CompletableFuture.failedFuture(new DatabaseException(
                    ErrorCode.OVERLOADED, "the timestamp service does not answer: too few of its servers are up"));
        }
        CompletableFuture<NextTimestampReply> answer = new CompletableFuture<>();
        String address = addresses.get(Math.floorMod(number, addresses.size()));
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
                .thenCompose(reply -> reply.getOfService() && !reply.hasError()
                        ? CompletableFuture.completedFuture(reply.getTimestamp())
                        : attempt(addresses, number + 1, left - 1));
    }
}
