package io.shardeddb.simulator.consensus;

/** A server's monotonic clock, which runs at a speed of its own, and its wall clock, which can step. */
final class Clock {
    private final World world;
    private final double speed;
    private final long origin;
    private long suspended;
    private long wallStep;

    Clock(World world, double drift) {
        this.world = world;
        speed = 1 + drift * (2 * world.random.nextDouble() - 1);
        origin = world.random.nextLong(1L << 40);
    }

    long monotonic() {
        return origin + (long) ((world.now() - suspended) * speed);
    }

    /** The true time at which the monotonic clock showed this; only without suspensions since. */
    long trueTime(long monotonic) {
        return (long) ((monotonic - origin) / speed) + suspended;
    }

    long wall() {
        return world.now() + wallStep;
    }

    /** The machine was suspended for a while, which the monotonic clock does not count. */
    void suspended(long duration) {
        suspended += duration;
    }

    boolean wasSuspended() {
        return suspended > 0;
    }

    void stepWall(long by) {
        wallStep += by;
    }
}
