package io.shardeddb.simulator.driver.schedule;

import io.shardeddb.consensus.Settings;
import io.shardeddb.server.group.Retention;

/**
 * How a run is set up; follows from the seed.
 *
 * @param servers how many there are
 * @param members of each group
 * @param groups how many there are
 * @param clients how many write and read
 * @param keys that they use in each group: few, so that they meet
 * @param leases whether strong reads may rely on leases
 * @param faultNanos about so much time is between two faults
 * @param lossOneIn one frame in so many is lost; 0: none
 * @param failedCommits one commit in so many fails in some way
 * @param deadlocks one transaction in so many is rolled back
 * @param failedCopies one copy in so many breaks off
 * @param operates whether an operator moves members about
 * @param thinkNanos what a client waits at most between two requests
 * @param kept entries that a group's log keeps
 */
public record Knobs(
        int servers,
        int members,
        int groups,
        int clients,
        int keys,
        boolean leases,
        long faultNanos,
        int lossOneIn,
        int failedCommits,
        int deadlocks,
        int failedCopies,
        boolean operates,
        long thinkNanos,
        int kept) {

    public static Knobs of(Schedule schedule) {
        int members = schedule.oneIn(10) ? 5 : schedule.oneIn(10) ? 1 : 3;
        boolean operates = schedule.oneIn(3);
        return new Knobs(
                Math.max(3, members) + (operates ? 1 : 0),
                members,
                1 + schedule.random().nextInt(3),
                2 + schedule.random().nextInt(4),
                1 + schedule.random().nextInt(5),
                schedule.oneIn(4),
                schedule.between(60, 600) * Schedule.MILLI,
                schedule.oneIn(2) ? 0 : 20 + schedule.random().nextInt(200),
                8 + schedule.random().nextInt(200),
                8 + schedule.random().nextInt(200),
                2 + schedule.random().nextInt(6),
                operates,
                schedule.oneIn(3) ? 3 * Schedule.MILLI : 60 * Schedule.MILLI,
                schedule.oneIn(2) ? 12 : 200);
    }

    /** The same with another number of groups. */
    public Knobs withGroups(int number) {
        return new Knobs(
                servers,
                members,
                number,
                clients,
                keys,
                leases,
                faultNanos,
                lossOneIn,
                failedCommits,
                deadlocks,
                failedCopies,
                operates,
                thinkNanos,
                kept);
    }

    public Settings settings() {
        return Settings.DEFAULT.withLeaderLease(leases);
    }

    public Retention retention() {
        return new Retention(kept, kept / 2, 64 << 10, 3L * kept);
    }
}
