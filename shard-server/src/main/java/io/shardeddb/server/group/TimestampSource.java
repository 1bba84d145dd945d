package io.shardeddb.server.group;

import java.util.function.LongConsumer;

/** Timestamps of the service, for leaders. Any thread. */
public interface TimestampSource {

    /** Whether the service gives the timestamps of writes; else leaders use their own clocks. */
    boolean isOn();

    /**
     * Asks for one timestamp, in a session that begins after this call.
     *
     * @param floor the timestamp will be greater
     * @param then takes it, on any thread, without blocking; never called if there is none
     * @return a number for {@link #forget}
     */
    long next(long floor, LongConsumer then);

    /** Nobody waits for this any more. */
    void forget(long request);
}
