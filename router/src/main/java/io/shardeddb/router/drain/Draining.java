package io.shardeddb.router.drain;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Whether this router leaves service. From then on it is not ready and closes each connection with its next answer, but
 * takes every request that still comes: what sends them here learns only after a while that it should not.
 */
@Singleton
public final class Draining {

    /** Nobody learns faster that a router is gone. */
    static final Duration LEAST = Duration.ofSeconds(3);

    /** Nobody sends here any more when no request came for so long. */
    static final Duration QUIET = Duration.ofSeconds(1);

    /**
     * With the 15 s for requests under way (application.yml) it stays below the 30 s that Kubernetes grants the pod.
     */
    static final Duration MOST = Duration.ofSeconds(10);

    private static final long LOOK_MILLIS = 50;

    private volatile boolean on;
    private volatile long lastRequest;

    /** Whether it has begun. */
    public boolean isOn() {
        return on;
    }

    /** A request of a client has come. */
    public void requested() {
        lastRequest = System.nanoTime();
    }

    /** From now on the router is not ready. */
    public void begin() {
        on = true;
    }

    /** Begins, and waits until nobody sends requests here any more, at most {@link #MOST}. */
    public void run() throws InterruptedException {
        begin();
        long started = System.nanoTime();
        requested();
        while (!isOver(
                Duration.ofNanos(System.nanoTime() - started), Duration.ofNanos(System.nanoTime() - lastRequest))) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /**
     * Whether the router may stop listening. Pure.
     *
     * @param since how long it has been draining
     * @param quiet how long no request has come
     */
    static boolean isOver(Duration since, Duration quiet) {
        return since.compareTo(MOST) >= 0 || (since.compareTo(LEAST) >= 0 && quiet.compareTo(QUIET) >= 0);
    }
}
