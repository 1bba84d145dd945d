package io.shardeddb.simulator.consensus;

import io.shardeddb.simulator.AllowedFaults;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Trace;
import io.shardeddb.simulator.Verdict;
import java.util.ArrayList;
import java.util.List;

/** One cluster's life under one seed. */
final class Simulation {
    private static final long FAULTS = 2_000 * Knobs.MILLI;
    private static final long RECOVERY = 12_000 * Knobs.MILLI;

    private final World world;
    private final Cluster cluster;
    private final Faults faults;
    private final List<SimClient> clients = new ArrayList<>();
    private final long[] writesAtHealing;
    private final long[] readsAtHealing;
    private int steps;

    private Simulation(long seed, Variant variant, AllowedFaults allowed, Trace trace) {
        world = new World(seed, trace);
        Knobs knobs = Knobs.of(world.random).only(allowed);
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
        if (allowed.allows(FaultKind.RANKS.text())) {
            SimRanks.begin(cluster, seed);
        }
        writesAtHealing = new long[clients.size()];
        readsAtHealing = new long[clients.size()];
    }

    /** Runs one cluster's life and judges it. */
    static Verdict run(Setup setup, Variant variant) {
        Simulation simulation = new Simulation(setup.seed(), variant, setup.faults(), setup.trace());
        Verdict verdict = simulation.judged();
        simulation.world.trace(simulation.steps + " steps, " + simulation.cluster.checker.committedIndex()
                + " committed, " + simulation.cluster.checker.acknowledgedCount() + " acknowledged");
        return verdict;
    }

    private Verdict judged() {
        try {
            run();
            return new Verdict.Clean();
        } catch (SimulationFailure broken) {
            return Verdict.Violation.told(broken.getMessage());
        } catch (RuntimeException broken) {
            return Verdict.Violation.thrown(broken);
        }
    }

    private void run() {
        while (world.sinceBegin() < FAULTS) {
            step();
        }
        faults.heal();
        if (!cluster.isWithinTolerance()) {
            // A member died for good while a change made it indispensable: only safety can be asked for.
            world.trace("more was lost than the configurations tolerate: only safety is asked for");
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
