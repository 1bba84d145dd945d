package io.shardeddb.consensus.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One cluster's life under one seed. */
final class Simulation {
    /**
     * How it ended.
     *
     * @param failure the claim that was broken; {@code null} if none was
     * @param livenessClaimed whether the faults stayed within what the configurations tolerate
     * @param summary what happened, in numbers
     * @param trace the last events, if traced
     */
    record Result(@Nullable String failure, boolean livenessClaimed, String summary, String trace) {}

    private static final long FAULTS = 2_000 * Knobs.MILLI;
    private static final long RECOVERY = 12_000 * Knobs.MILLI;
    private static final int TRACE = 400;

    private final World world;
    private final Cluster cluster;
    private final Faults faults;
    private final List<SimClient> clients = new ArrayList<>();
    private final long[] writesAtHealing;
    private final long[] readsAtHealing;
    private int steps;
    private boolean livenessClaimed = true;

    private Simulation(long seed, Variant variant, boolean traced) {
        world = new World(seed, traced);
        Knobs knobs = Knobs.of(world.random);
        world.trace(knobs.toString());
        cluster = new Cluster(world, knobs, variant);
        faults = new Faults(cluster);
        for (int i = 0; i < 3; i++) {
            clients.add(new SimClient(cluster, i));
        }
        new StaleRouter(cluster);
        new SimOperator(cluster);
        if (knobs.twoOperators()) {
            new SimOperator(cluster);
        }
        SimRanks.begin(cluster, seed);
        writesAtHealing = new long[clients.size()];
        readsAtHealing = new long[clients.size()];
    }

    static Result run(long seed, Variant variant, boolean traced) {
        Simulation simulation = new Simulation(seed, variant, traced);
        String failure = null;
        try {
            simulation.run();
        } catch (SimulationFailure broken) {
            failure = broken.getMessage();
        } catch (RuntimeException broken) {
            failure = broken + (traced ? " at " + List.of(broken.getStackTrace()) : "");
        }
        String summary = simulation.steps + " steps, " + simulation.cluster.checker.committedIndex() + " committed, "
                + simulation.cluster.checker.acknowledgedCount() + " acknowledged";
        return new Result(failure, simulation.livenessClaimed, summary, simulation.world.tail(TRACE));
    }

    private void run() {
        while (world.sinceBegin() < FAULTS) {
            step();
        }
        faults.heal();
        if (!cluster.isWithinTolerance()) {
            // A member died for good while a change made it indispensable: only safety can be asked for.
            livenessClaimed = false;
            return;
        }
        for (int i = 0; i < clients.size(); i++) {
            writesAtHealing[i] = clients.get(i).writesDone();
            readsAtHealing[i] = clients.get(i).readsDone();
        }
        while (!isHealthy()) {
            Checker.check(
                    world.sinceBegin() < FAULTS + RECOVERY,
                    "after healing, writes and reads go on and all members agree: " + ailment());
            for (int i = 0; i < 50; i++) {
                step();
            }
        }
    }

    private void step() {
        steps++;
        if (!world.step()) {
            throw new SimulationFailure("nothing left to happen");
        }
    }

    private boolean isHealthy() {
        return ailment().isEmpty();
    }

    private String ailment() {
        for (int i = 0; i < clients.size(); i++) {
            if (clients.get(i).writesDone() == writesAtHealing[i]
                    || clients.get(i).readsDone() == readsAtHealing[i]) {
                return "client " + i + " gets no answer";
            }
        }
        var configuration = cluster.checker.latestConfiguration().configuration();
        if (configuration.isJoint() || configuration.voters().size() != cluster.nodes.size()) {
            return "membership " + configuration;
        }
        for (SimNode node : cluster.nodes) {
            boolean behind =
                    node.store().isCleared() || node.store().rows().applied + 20 < cluster.checker.committedIndex();
            if (!node.isUp() || behind || !configuration.isVoter(node.id())) {
                return "node " + node.number() + " has applied " + node.store().rows().applied + " of "
                        + cluster.checker.committedIndex();
            }
        }
        return "";
    }
}
