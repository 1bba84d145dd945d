package io.shardeddb.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries requests to one Kubernetes API, with whatever credentials it asks for. */
public interface Transport extends AutoCloseable {

    /**
     * A request.
     *
     * @param path path and query, from the root of the API
     * @param accept media type asked for
     * @param contentType media type of the body; null without one
     */
    record Request(
            String method,
            String path,
            String accept,
            @Nullable String contentType,
            @Nullable String body) {

        /** A request without a body. */
        static Request get(String path, String accept) {
            return new Request("GET", path, accept, null, null);
        }
    }

    /**
     * An answer, of whatever status.
     *
     * @param status HTTP status
     */
    record Reply(int status, String body) {}

    /** Sends a request and waits for its whole answer, for a bounded time. */
    Reply send(Request request) throws IOException, InterruptedException;

    /**
     * Opens an answer that goes on, such as a watch. A refusal is thrown as {@link ApiRefused}. The caller closes it.
     */
    InputStream stream(Request request) throws IOException, InterruptedException;

    /**
     * Opens a port of this machine that leads to pods.
     *
     * @param choice chooses the pod of each connection
     */
    PodPorts ports(Supplier<PodPorts.PodPort> choice) throws IOException;

    /** The API's address, for people. */
    String address();

    @Override
    void close();
}
