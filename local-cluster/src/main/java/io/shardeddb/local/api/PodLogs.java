package io.shardeddb.local.api;

import io.shardeddb.local.http.Exchange;
import io.shardeddb.local.http.Request;
import java.io.IOException;

/** Where the API server gets the logs of containers. */
@FunctionalInterface
public interface PodLogs {
    /** Answers a request for the log of a container of a pod. */
    void answer(String namespace, String pod, Request request, Exchange exchange) throws IOException;
}
