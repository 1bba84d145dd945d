package io.shardeddb.local.node;

import java.time.Duration;

/**
 * How long a container waits before it starts again. The first time it does not wait. Then it waits one second, and
 * twice as long each time, up to half a minute. After it ran well for a while, this begins again. A real kubelet begins
 * at ten seconds; shorter here, because a person waits.
 */
final class RestartDelay {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration RAN_WELL = Duration.ofSeconds(10);

    private int inARow;

    /**
     * The delay before the next start.
     *
     * @param ran how long the process that just ended had run
     */
    Duration next(Duration ran) {
        if (ran.compareTo(RAN_WELL) >= 0) {
            inARow = 0;
        }
        int before = inARow++;
        if (before == 0) {
            return Duration.ZERO;
        }
        Duration delay = FIRST.multipliedBy(1L << Math.min(before - 1, 10));
        return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    }
}
