package io.shardeddb.router.transaction;

import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.route.WritePlan;
import java.util.concurrent.CompletableFuture;

/**
 * How the steps of one request's transaction reach its shards. Each is sent until it is answered for good or the
 * request's time is over. A future fails with a {@link io.shardeddb.protocol.error.DatabaseException}.
 */
public interface ShardSteps {

    /**
     * An id for another attempt, issued by the decider's time. At other shards it is the same, issued by theirs.
     *
     * @param decider the part whose shard decides
     */
    RequestId newAttempt(WritePlan.Part decider);

    /** Lets a shard prepare its part. */
    CompletableFuture<WriteReply> prepare(WritePlan.Part part, RequestId attempt, TransactionStep step);

    /** Lets the decider decide, under the request's own id. */
    CompletableFuture<WriteReply> decide(WritePlan.Part part, DecideStep step);

    /** Ends the transaction at a shard: a commit, a release, or that a decision is not needed any more. */
    CompletableFuture<WriteReply> end(WritePlan.Part part, RequestId attempt, TransactionStep step);

    /**
     * Runs something after a random while, so that those who were in each other's way meet no more.
     *
     * @param longestMillis greatest length of the while; at least 1
     */
    void later(Runnable work, int longestMillis);
}
