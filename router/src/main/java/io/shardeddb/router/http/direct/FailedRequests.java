package io.shardeddb.router.http.direct;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.http.HttpMethod;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.ErrorAnswers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What direct endpoints answer to a request that failed, and where they count one that has no endpoint. */
public final class FailedRequests {

    private static final Logger LOG = LoggerFactory.getLogger(FailedRequests.class);

    private FailedRequests() {}

    /** Where requests are counted that no endpoint takes. */
    public static EndpointTimers timers(MeterRegistry meters, String method) {
        return new EndpointTimers(meters, HttpMethod.parse(method).name(), "UNMATCHED_URI");
    }

    /** The answer to a request that failed; a fault of the software is logged too. */
    public static DirectAnswer answer(Throwable failure, String method, String path) {
        DatabaseException error = Writes.error(failure);
        if (error.code() == ErrorCode.INTERNAL) {
            LOG.error("{} {} failed", method, path, failure);
        }
        return DirectAnswer.problem(error.code().httpStatus(), ErrorAnswers.document(error, json -> {}));
    }
}
