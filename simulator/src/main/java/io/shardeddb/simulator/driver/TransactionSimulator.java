package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.ListedSimulator;
import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Simulator;
import java.util.Arrays;

/**
 * The driver's world with writes over several groups: routers that die, transactions that others must end, shards that
 * are closed meanwhile.
 */
public final class TransactionSimulator {
    private static final String FILE = "pinned-seeds-transactions.txt";

    private TransactionSimulator() {}

    /** Makes it. */
    public static Simulator make() {
        return new ListedSimulator(
                "transactions",
                "writes over several groups: a router's steps and what servers do for them, as in production",
                PinnedSeeds.of(TransactionSimulator.class, FILE, Wrong.variants(true)),
                Arrays.stream(FaultKind.values()).map(FaultKind::text).toList(),
                400,
                setup -> DriverSimulator.run(setup, true));
    }
}
