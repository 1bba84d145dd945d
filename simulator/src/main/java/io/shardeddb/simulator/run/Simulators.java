package io.shardeddb.simulator.run;

import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.consensus.ConsensusSimulator;
import io.shardeddb.simulator.driver.DriverSimulator;
import io.shardeddb.simulator.driver.TransactionSimulator;
import io.shardeddb.simulator.timestamp.TimestampSimulator;
import java.util.List;

/** All simulators that there are. A new one is one more entry. */
public final class Simulators {
    /** In the order in which they are shown. */
    public static final List<Simulator> ALL = List.of(
            ConsensusSimulator.make(), TimestampSimulator.make(), DriverSimulator.make(), TransactionSimulator.make());

    private Simulators() {}
}
