package io.shardeddb.router.health;

import io.micronaut.context.ApplicationContext;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * How a router goes: first it is not ready, so that no new requests are sent to it, and serves those that come all the same; then it
 * takes no connections any more, and ends when what runs has ended or the grace period of the configuration is over.
 */
@Singleton
public final class Shutdown {
    private volatile boolean begun;

    /** Whether the router is going down. */
    public boolean begun() {
        return begun;
    }

    /**
     * Ends the router.
     *
     * @param notice how long the news takes to reach those who send requests
     */
    public void run(ApplicationContext context, Duration notice) throws InterruptedException {
        begun = true;
        Thread.sleep(notice);
        context.close();
    }
}
