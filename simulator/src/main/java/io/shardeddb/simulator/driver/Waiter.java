package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;

/** Somebody who waits in a process for an answer, which must come once. */
final class Waiter {
    private final Schedule schedule;
    private final String what;
    private final SimProcess process;
    private final long since;
    private int answers;

    Waiter(Schedule schedule, String what, SimProcess process) {
        this.schedule = schedule;
        this.what = what;
        this.process = process;
        since = schedule.now();
    }

    void answered() {
        if (++answers > 1) {
            schedule.broken(new RuleBroken(
                    "everybody who waits is answered once",
                    what + " was answered " + answers + " times by "
                            + process.server().name()));
        }
    }

    /** Whether it is not answered although its process has had so much time. */
    boolean isForgotten(long nanos) {
        return answers == 0 && process.isAlive() && schedule.now() - since > nanos;
    }

    boolean isOver() {
        return answers > 0 || !process.isAlive();
    }

    String what() {
        return what;
    }
}
