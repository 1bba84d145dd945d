package io.shardeddb.operator.act;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a client writes to the API: every request that is not a read. The lease that operators renew is counted apart. */
public final class WriteCount implements Interceptor {

    /** Its name among a client's interceptors. */
    public static final String NAME = "write-count";

    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong leases = new AtomicLong();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (!"GET".equals(request.method())) {
            boolean lease = request.uri().getPath().startsWith("/apis/coordination.k8s.io/");
            (lease ? leases : writes).incrementAndGet();
        }
    }

    /** Writes so far, those of the lease not counted. */
    public long writes() {
        return writes.get();
    }

    /** Renewals of the lease so far. */
    public long leases() {
        return leases.get();
    }
}
