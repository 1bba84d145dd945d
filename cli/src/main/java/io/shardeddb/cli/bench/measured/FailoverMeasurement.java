package io.shardeddb.cli.bench.measured;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.keys.Mixing;
import io.shardeddb.bench.load.Failover;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import io.shardeddb.crds.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Kills the leader of a shard while a client writes to it. */
public final class FailoverMeasurement {

    private static final double LIMIT_SECONDS = 3;
    private static final double AIM_SECONDS = 1;

    private FailoverMeasurement() {}

    /** The worst of several, with another shard's leader each time. */
    public static Result result(BenchDatabase database, Contender contender, int times, Consumer<String> progress)
            throws InterruptedException, LoadException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            database.awaitHealthy();
            List<Shard> shards = database.shards();
            int number = i % shards.size();
            Shard shard = shards.get(number);
            seconds.add(Failover.seconds(
                    contender.target(),
                    Table.students(),
                    writesTo(number, shards.size(), contender),
                    () -> database.killLeader(shard)));
            progress.accept(String.format(
                    "failover %d of %d: a write of shard %s was acknowledged %.2f s after its leader's server was killed",
                    i + 1, times, shard.getSpec().name(), seconds.getLast()));
        }
        return Result.ofLimit(
                "failover: leader killed to next acknowledged write",
                seconds,
                LIMIT_SECONDS,
                AIM_SECONDS,
                "the worst of " + times + ", against a limit of 3 s");
    }

    /** New rows of one of the shards, which are of equal size. */
    private static Supplier<Operation> writesTo(int number, int shards, Contender contender) {
        Workload inserts = Workload.inserts(Table.students(), 1);
        Population population = contender.population(inserts);
        SplittableRandom random = new SplittableRandom(number);
        long size = ((1L << Table.KEY_BITS) + shards - 1) / shards;
        return () -> {
            while (true) {
                Operation.Insert insert = inserts.insert(random, population, 1);
                if (Mixing.key(insert.first(), Table.KEY_BITS) / size == number) {
                    return insert;
                }
            }
        };
    }
}
