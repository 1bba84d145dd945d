package io.shardeddb.cli.rows;

import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes ids for requests of one client: {@code client/number/issued-at-millis}. Thread-safe. */
public final class RequestIds {

    private final String client;
    private final InstantSource clock;
    private final AtomicLong next = new AtomicLong(1);

    /** @param client unique to this run of the program */
    public RequestIds(String client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** For a client that never was before. */
    public static RequestIds fresh() {
        return new RequestIds("sdb-" + UUID.randomUUID(), InstantSource.system());
    }

    /** The next id; never given twice. */
    public String next() {
        return client + "/" + next.getAndIncrement() + "/" + clock.millis();
    }
}
