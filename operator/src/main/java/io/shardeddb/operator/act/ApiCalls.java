package io.shardeddb.operator.act;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what a client asks of the API: writes, reads (watches begun among them), and the renewals of the lease apart.
 */
public final class ApiCalls implements Interceptor {

    /** Its name among a client's interceptors. */
    public static final String NAME = "api-calls";

    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong leases = new AtomicLong();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (request.uri().getPath().startsWith("/apis/coordination.k8s.io/")) {
            leases.incrementAndGet();
        } else if ("GET".equals(request.method())) {
            reads.incrementAndGet();
        } else {
            writes.incrementAndGet();
        }
    }

    /** Requests so far that change something, those of the lease not counted. */
    public long writes() {
        return writes.get();
    }

    /** Objects and lists read and watches begun so far, those of the lease not counted. */
    public long reads() {
        return reads.get();
    }

    /** Requests about the lease so far. */
    public long leases() {
        return leases.get();
    }
}
