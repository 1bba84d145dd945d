package io.shardeddb.simulator.consensus;

import java.util.SplittableRandom;

/**
 * Who ranks candidates: tells members to stand so many election time-outs later than others, and changes its mind, by
 * what it believes and not by what is. Members that were started again know nothing of it.
 */
final class SimRanks {
    private static final long FIRST_OF_MANY = 1_000;
    private static final long PERIOD = 400 * Knobs.MILLI;

    private final Cluster cluster;
    private final SplittableRandom random;

    private SimRanks(Cluster cluster, long seed) {
        this.cluster = cluster;
        // Its own source, so that seeds without it mean what they meant.
        random = new SplittableRandom(seed * 31 + 17);
        again();
    }

    /**
     * Begins where the seed says so: in half of all seeds, but in few of the first, among which are the pinned ones.
     */
    static void begin(Cluster cluster, long seed) {
        if (seed < FIRST_OF_MANY ? seed % 10 == 8 : seed % 2 == 0) {
            new SimRanks(cluster, seed);
        }
    }

    private void again() {
        cluster.world.after(random.nextLong(PERIOD), this::rank);
    }

    private void rank() {
        again();
        SimNode node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
        int rank = random.nextInt(cluster.nodes.size());
        if (!node.isFrozen()) {
            cluster.world.trace("rank of " + node.number() + ": " + rank);
            node.act(replica -> replica.electionDelay(rank * cluster.settings.electionTimeout()));
        }
    }
}
