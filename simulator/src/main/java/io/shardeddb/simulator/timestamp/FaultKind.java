package io.shardeddb.simulator.timestamp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kinds of faults that a run can do without. Those that come late are the first that one does without. */
enum FaultKind {
    /** A server ends and starts again. */
    CRASH,
    /** All servers end at once, often while a change is being made durable. */
    POWER,
    /** A server loses its disk. */
    WIPE,
    /** The servers of the service change. */
    MEMBERSHIP,
    /** An operator acts on what it saw some time ago. */
    SECOND_OPERATOR,
    /** Nothing gets to a server, or from it. */
    CUT,
    /** A caller starts again. */
    CALLER_RESTART,
    /** Messages are lost or arrive twice. */
    LOSS,
    /** Disks are slow. */
    SLOW_WRITE,
    /** The clocks on the walls differ by seconds. */
    WALL_CLOCKS;

    /** All of them, as the command line calls them. */
    static final List<String> NAMES =
            Arrays.stream(values()).map(FaultKind::text).toList();

    /** As the command line calls it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What strikes, by a number from 0 to 9. */
    static FaultKind drawn(int number) {
        return switch (number) {
            case 0, 1, 2 -> CRASH;
            case 3 -> WIPE;
            case 4 -> CUT;
            case 5, 6 -> MEMBERSHIP;
            case 7 -> SECOND_OPERATOR;
            case 8 -> POWER;
            default -> CALLER_RESTART;
        };
    }
}
