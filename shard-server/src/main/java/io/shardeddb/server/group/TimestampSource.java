package io.shardeddb.server.group;

import io.shardeddb.consensus.timestamp.TimestampLayout;
import java.util.function.LongConsumer;

/** Timestamps of the service, for leaders. Any thread. */
public interface TimestampSource {

    /** Whether the service gives the timestamps of writes; else leaders use their own clocks. */
    boolean isOn();

    /**
     * Asks for timestamps of one session, which begins after this call.
     *
     * @param count how many, from 1; each further one is {@link TimestampLayout#later}
     * @param floor they will be greater
     * @param then takes the first, on any thread, without blocking; never called if there is none
     * @return a number for {@link #forget}
     */
    long next(int count, long floor, LongConsumer then);

    /** Nobody waits for this any more. */
    void forget(long request);
}
