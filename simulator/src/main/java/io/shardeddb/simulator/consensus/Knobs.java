package io.shardeddb.simulator.consensus;

import io.shardeddb.simulator.AllowedFaults;
import java.util.random.RandomGenerator;

/** Which faults one seed uses, and how often. Most seeds use some of them: too many at once hide one another. */
record Knobs(
        int servers,
        int tolerance,
        boolean lease,
        double loss,
        double duplicates,
        long latency,
        long slowForce,
        double partitions,
        double crashes,
        double crashPoints,
        double powerLoss,
        double freezes,
        double suspensions,
        double wipes,
        double rots,
        double rollBacks,
        double forceErrors,
        double databaseFaults,
        double databaseLosses,
        double membership,
        double transfers,
        boolean twoOperators,
        boolean smallLog,
        double drift,
        boolean wallSteps,
        boolean estranged) {

    static final long MILLI = 1_000_000L;

    static Knobs of(RandomGenerator random) {
        int servers = switch (random.nextInt(10)) {
            case 0 -> 1;
            case 1, 2 -> 2;
            case 3 -> 4;
            case 4, 5 -> 5;
            default -> 3;
        };
        if (random.nextInt(5) == 0) {
            return quick(random);
        }
        if (random.nextInt(8) == 0) {
            return weighted(random);
        }
        int most = (servers - 1) / 2;
        int tolerance = most > 0 && random.nextInt(3) < (servers > 3 ? 2 : 1) ? 1 + random.nextInt(most) : 0;
        return new Knobs(
                servers,
                tolerance,
                random.nextInt(2) == 0,
                some(random, 2, 0.1),
                some(random, 3, 0.1),
                (1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 6)) * MILLI,
                random.nextInt(3) == 0 ? 60 * MILLI : 2 * MILLI,
                some(random, 2, 1),
                some(random, 2, 1),
                some(random, 3, 0.02),
                some(random, 2, 1),
                some(random, 3, 1),
                some(random, 5, 0.5),
                some(random, 3, 0.6),
                some(random, 6, 0.4),
                some(random, 6, 0.5),
                some(random, 6, 0.01),
                some(random, 3, 0.1),
                some(random, 6, 0.3),
                some(random, 2, 1),
                some(random, 3, 1),
                random.nextInt(3) == 0,
                random.nextInt(2) == 0,
                random.nextInt(2) == 0 ? 0 : 0.045,
                true,
                false);
    }

    /**
     * Three quick servers whose leader and followers are estranged often: where a lease would be broken, if one could
     * be.
     */
    private static Knobs quick(RandomGenerator random) {
        return new Knobs(
                3,
                0,
                true,
                0,
                0,
                2 * MILLI,
                2 * MILLI,
                1,
                random.nextDouble(),
                0,
                0,
                random.nextDouble(),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0.3 * random.nextDouble(),
                false,
                false,
                random.nextInt(2) == 0 ? 0 : 0.045,
                true,
                true);
    }

    /** Many servers that commit by weights, come and go, and change how many may fail. */
    private static Knobs weighted(RandomGenerator random) {
        int servers = random.nextInt(3) == 0 ? 7 : 5;
        return new Knobs(
                servers,
                1 + random.nextInt((servers - 1) / 2),
                random.nextInt(2) == 0,
                some(random, 2, 0.1),
                0,
                (1 + random.nextInt(random.nextInt(3) == 0 ? 40 : 6)) * MILLI,
                random.nextInt(2) == 0 ? 60 * MILLI : 2 * MILLI,
                1,
                0.5 * random.nextDouble(),
                0,
                some(random, 2, 0.5),
                some(random, 3, 0.5),
                0,
                some(random, 3, 0.3),
                0,
                0,
                0,
                0,
                0,
                some(random, 2, 0.6),
                some(random, 2, 0.6),
                false,
                false,
                random.nextInt(2) == 0 ? 0 : 0.045,
                true,
                false);
    }

    /** The same, but faults of other kinds do not happen. What is no fault, as the number of servers, stays. */
    Knobs only(AllowedFaults allowed) {
        return new Knobs(
                servers,
                tolerance,
                lease,
                rate(allowed, FaultKind.LOSS, loss),
                rate(allowed, FaultKind.DUPLICATE, duplicates),
                latency,
                allowed.allows(FaultKind.SLOW_FORCE.text()) ? slowForce : Math.min(slowForce, 2 * MILLI),
                rate(allowed, FaultKind.CUT, partitions),
                rate(allowed, FaultKind.CRASH, crashes),
                rate(allowed, FaultKind.CRASH_POINT, crashPoints),
                rate(allowed, FaultKind.POWER, powerLoss),
                rate(allowed, FaultKind.FREEZE, freezes),
                rate(allowed, FaultKind.SUSPEND, suspensions),
                rate(allowed, FaultKind.WIPE, wipes),
                rate(allowed, FaultKind.ROT, rots),
                rate(allowed, FaultKind.ROLL_BACK, rollBacks),
                rate(allowed, FaultKind.FORCE_ERROR, forceErrors),
                rate(allowed, FaultKind.DATABASE, databaseFaults),
                rate(allowed, FaultKind.DATABASE_LOSS, databaseLosses),
                rate(allowed, FaultKind.MEMBERSHIP, membership),
                rate(allowed, FaultKind.TRANSFER, transfers),
                twoOperators && allowed.allows(FaultKind.SECOND_OPERATOR.text()),
                smallLog,
                rate(allowed, FaultKind.DRIFT, drift),
                wallSteps && allowed.allows(FaultKind.WALL_CLOCK.text()),
                estranged);
    }

    private static double rate(AllowedFaults allowed, FaultKind kind, double rate) {
        return allowed.allows(kind.text()) ? rate : 0;
    }

    private static double some(RandomGenerator random, int oneOf, double most) {
        return random.nextInt(oneOf) == 0 ? most * random.nextDouble() : 0;
    }
}
