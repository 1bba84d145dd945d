package io.shardeddb.simulator.consensus;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kinds of faults that a run can do without. Those that come late are the first that one does without. */
enum FaultKind {
    /** Messages to some servers, or from them, do not arrive for a while. */
    CUT,
    /** Processes end. */
    CRASH,
    /** Machines lose what was not forced. */
    POWER,
    /** Voters and learners come and go. */
    MEMBERSHIP,
    /** A leader is told to hand over. */
    TRANSFER,
    /** Processes stand still and go on. */
    FREEZE,
    /** Machines stand still, and their monotonic clocks with them. */
    SUSPEND,
    /** Volumes are lost. */
    WIPE,
    /** A record of a log is damaged. */
    ROT,
    /** A volume is as it was some time ago. */
    ROLL_BACK,
    /** Processes end at a moment chosen for its danger. */
    CRASH_POINT,
    /** A force fails. */
    FORCE_ERROR,
    /** The database loses its last transactions, breaks a deadlock, commits late. */
    DATABASE,
    /** The database is lost. */
    DATABASE_LOSS,
    /** Messages are lost. */
    LOSS,
    /** Messages arrive twice. */
    DUPLICATE,
    /** Disks are slow. */
    SLOW_FORCE,
    /** Clocks run at different speeds. */
    DRIFT,
    /** The clock on the wall is put forward or back. */
    WALL_CLOCK,
    /** Two operators know different things. */
    SECOND_OPERATOR,
    /** Members are told to stand later than others. */
    RANKS;

    /** All of them, as the command line calls them. */
    static final List<String> NAMES =
            Arrays.stream(values()).map(FaultKind::text).toList();

    /** As the command line calls it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
