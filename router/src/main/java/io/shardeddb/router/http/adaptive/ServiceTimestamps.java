package io.shardeddb.router.http.adaptive;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.stream.SingleAnswer;
import io.shardeddb.protocol.wire.NextTimestampReply;
import io.shardeddb.protocol.wire.NextTimestampRequest;
import io.shardeddb.protocol.wire.TimestampsGrpc;
import io.shardeddb.router.forward.ServerLinks;
import io.shardeddb.router.topology.LatestTopology;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Timestamps of the service: any server holds a session for any caller, and one serves all callers who wait here. A
 * server that does not answer, or cannot reach enough others, is passed over, and for a while nobody asks it but one
 * request now and then.
 */
@Singleton
final class ServiceTimestamps {
    private static final int SESSION_MILLIS = 1_000;
    private static final int ATTEMPTS = 3;

    private final ServerLinks links;
    private final LatestTopology topology;
    private final AtomicInteger turn = new AtomicInteger();
    private final Avoided avoided = new Avoided();
    private final SessionCallers callers = new SessionCallers(this::session, System::nanoTime);

    ServiceTimestamps(ServerLinks links, LatestTopology topology) {
        this.links = links;
        this.topology = topology;
    }

    /** One timestamp; fails with {@link DatabaseException} when none could be had. */
    CompletableFuture<Long> next() {
        return callers.next();
    }

    private CompletableFuture<SessionCallers.Run> session(int count) {
        return attempt(topology.current().addresses().stream().sorted().toList(), count, ATTEMPTS);
    }

    private CompletableFuture<SessionCallers.Run> attempt(List<String> addresses, int count, int left) {
        if (addresses.isEmpty() || left == 0) {
            return CompletableFuture.failedFuture(new DatabaseException(
                    ErrorCode.OVERLOADED, "the timestamp service does not answer: too few of its servers are up"));
        }
        SingleAnswer<NextTimestampReply> answer = new SingleAnswer<>();
        String address = avoided.choose(addresses, turn.getAndIncrement(), System.nanoTime());
        TimestampsGrpc.newStub(links.channel(address))
                .withDeadlineAfter(2L * SESSION_MILLIS, TimeUnit.MILLISECONDS)
                .next(
                        NextTimestampRequest.newBuilder()
                                .setTimeoutMillis(SESSION_MILLIS)
                                .setCount(count)
                                .build(),
                        answer);
        return answer.future()
                .exceptionally(silence -> NextTimestampReply.getDefaultInstance())
                .thenCompose(reply -> {
                    // Without a step one value alone was meant.
                    if (reply.getOfService() && !reply.hasError() && (count == 1 || reply.getStep() > 0)) {
                        avoided.answered(address);
                        return CompletableFuture.completedFuture(
                                new SessionCallers.Run(reply.getTimestamp(), reply.getStep()));
                    }
                    avoided.failed(address, System.nanoTime());
                    return attempt(addresses, count, left - 1);
                });
    }
}
