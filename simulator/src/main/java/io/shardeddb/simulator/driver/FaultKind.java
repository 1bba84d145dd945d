package io.shardeddb.simulator.driver;

import java.util.Locale;

/** Kinds of faults. */
enum FaultKind {
    KILL,
    POWER,
    KILL_AT_DISK,
    FREEZE,
    SUSPEND,
    CUT,
    ISOLATE,
    DATABASE_AWAY,
    DATABASE_KILLED,
    DATABASE_SLOW,
    DISK_SLOW,
    DISK_FULL,
    FORCE_FAILS,
    CLOCK_STEPS,
    TRANSFER,
    DRAIN,
    VOLUME_LOST;

    /** As on the command line. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
