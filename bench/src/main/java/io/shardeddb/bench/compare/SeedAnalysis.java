package io.shardeddb.bench.compare;

import io.shardeddb.bench.load.Burst;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.util.List;

/**
 * The analysis of the sharding assignment: 10,000 writes of one row each, all at once, then 10,000 reads of two
 * neighbouring numbers each, all at once. Its figure is the duration of the whole.
 *
 * @param writes all of them
 * @param reads all of them
 */
public record SeedAnalysis(Measurement writes, Measurement reads) {

    /** Requests of each kind. */
    public static final int REQUESTS = 10_000;

    /** Seconds that each part may take at most. */
    public static final double LIMIT_SECONDS = 10;

    /** Seconds that each part should take. */
    public static final double AIM_SECONDS = 3;

    private static final long MARKS = 100;

    /**
     * Runs both parts.
     *
     * @param first number of the first row; rows from there on must not exist yet
     * @param connections requests under way at once
     * @throws LoadException when a request failed
     */
    public static SeedAnalysis run(Target target, long first, int connections)
            throws LoadException, InterruptedException {
        Table table = Table.students();
        Measurement writes = Burst.run(target, table, REQUESTS, connections, number -> {
            long key = first + number;
            return new Operation.Insert(number, List.of(List.of(key, "Student" + key, key % MARKS)));
        });
        refuseErrors("write", writes);
        Measurement reads =
                Burst.run(target, table, REQUESTS, connections, number -> new Operation.Scan(first + number, 2));
        refuseErrors("read", reads);
        return new SeedAnalysis(writes, reads);
    }

    private static void refuseErrors(String part, Measurement measurement) throws LoadException {
        if (measurement.errors() > 0) {
            throw new LoadException(measurement.errors() + " of " + REQUESTS + " " + part + "s failed, the first: "
                    + measurement.firstError());
        }
    }
}
