package io.shardeddb.router.http.direct;

import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The endpoints that are answered without the framework. */
public interface DirectEndpoints {

    /**
     * The call that a request asks for, or null when it is for the framework. Called on the connection's thread; must
     * not block or throw.
     *
     * @param head method, path, query and headers
     */
    @Nullable
    Call match(HttpRequest head);

    /** All of them, for who describes or checks them. */
    List<Endpoint> all();

    /**
     * An endpoint.
     *
     * @param template of its path, with the variables' names in braces
     */
    record Endpoint(String method, String template) {}

    /** One request of these endpoints. */
    interface Call {

        /**
         * Begins the work. Called once, on the connection's thread, when the body is there; must not block.
         *
         * @param body all of it; empty when there is none
         * @return the answer, on any thread; or a failure, of which {@link #failed} makes an answer
         */
        CompletableFuture<DirectAnswer> answer(byte[] body);

        /** The answer to a request that failed, or could not be read. */
        DirectAnswer failed(Throwable failure);

        /** Where it is counted. */
        EndpointTimers timers();
    }
}
