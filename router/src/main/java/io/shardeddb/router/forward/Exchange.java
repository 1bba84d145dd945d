package io.shardeddb.router.forward;

import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LeaderHint;
import org.jspecify.annotations.Nullable;

/**
 * One kind of request and its answer.
 *
 * @param <R> the answer
 */
interface Exchange<R> {

    /**
     * Sends it once.
     *
     * @param timeoutMillis how long the caller will wait for this attempt
     */
    void send(DataGrpc.DataStub server, int timeoutMillis, StreamObserver<R> answer);

    /** The error in an answer, or null. */
    @Nullable
    ErrorDetail error(R answer);

    /** The leader as the answering server knows it. */
    LeaderHint leader(R answer);

    /** Whether it changes data: then an attempt without an answer leaves the outcome unknown. */
    boolean changes();
}
