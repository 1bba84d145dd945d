package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.protocol.wire.NumberedRequest;
import org.jspecify.annotations.Nullable;

/**
 * One kind of request and its answer.
 *
 * @param <R> the answer
 */
interface Exchange<R> {

    /** The request, the same for each attempt. */
    NumberedRequest.Builder request();

    /** The answer in a reply, or null when it holds another kind of answer. */
    @Nullable
    R answer(NumberedReply reply);

    /** The error in an answer, or null. */
    @Nullable
    ErrorDetail error(R answer);

    /** The leader as the answering server knows it. */
    LeaderHint leader(R answer);

    /** The time of the group's log, in milliseconds since the epoch, as an answer tells it; 0 when it does not. */
    default long logMillis(R answer) {
        return leader(answer).getLogMillis();
    }

    /**
     * Whether the error in an answer is the request's own outcome, written down with its id: whatever was sent before
     * came to the same.
     */
    default boolean decided(R answer) {
        return false;
    }

    /**
     * Whether an error that would pass ends this sending all the same, as of {@link RetryRule#endsAttempt}.
     *
     * @param mayHaveRun whether an earlier sending may have run
     */
    default boolean endsAttempt(ErrorCode code, boolean mayHaveRun) {
        return false;
    }

    /** The schema version that the request was made for. */
    long schemaVersion();

    /** The epoch of the interval that the request was made for. */
    long epoch();

    /** Whether it changes data: then an attempt without an answer leaves the outcome unknown. */
    boolean changes();

    /** Whether it need not be done once nobody waits for it. Steps of a transaction end locks that others wait for. */
    default boolean mayStop() {
        return true;
    }
}
