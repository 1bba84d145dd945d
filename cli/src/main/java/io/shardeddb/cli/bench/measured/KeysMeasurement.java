package io.shardeddb.cli.bench.measured;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Metric;
import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.compare.Rounds;
import io.shardeddb.bench.compare.Work;
import io.shardeddb.bench.http.KeyTarget;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Point reads and writes of a key-value space next to those of a table: one database, the same bytes, in turns. */
public final class KeysMeasurement {

    private static final int SERVERS = 3;
    private static final int CLIENTS = 32;
    private static final double REQUIRED = 0.9;
    private static final String SPACE = "bench_keys";
    private static final String KEYS = "keys";
    private static final String ROWS = "rows";

    private KeysMeasurement() {}

    /**
     * The works.
     *
     * @param rows that are read
     */
    public static List<Work> works(long rows) {
        Table table = Table.students();
        return List.of(
                work("point reads of keys next to rows, 32 clients", Workload.pointReads(table, rows)),
                work("single puts of keys next to rows, 32 clients", Workload.inserts(table, 1)));
    }

    private static Work work(String name, Workload workload) {
        return new Work(name, workload, CLIENTS, Metric.OPERATIONS_PER_SECOND, 0, REQUIRED, 1);
    }

    /**
     * Measures on a database of its own.
     *
     * @param home the database's folder
     * @param warm whether it waits until programs have been compiled for a work
     */
    public static List<Result> results(
            Path home, int shards, List<Work> works, Rounds rounds, boolean warm, Consumer<String> progress)
            throws InterruptedException, IOException, LoadException {
        List<Result> results = new ArrayList<>();
        try (BenchDatabase database = BenchDatabase.startOptimized(
                home, Shape.ofKeys(shards, SERVERS, SERVERS, SPACE), List.of(Table.students()), progress)) {
            List<Contender> contenders = List.of(
                    new Contender(new KeyTarget(KEYS, database.routerAddress(), SPACE), database.processes()),
                    new Contender(
                            new RouterTarget(ROWS, database.routerAddress(), RouterTarget.Interface.V1),
                            database.processes()));
            for (Work work : works) {
                for (Contender contender : contenders) {
                    contender.load(work.workload());
                    if (warm) {
                        progress.accept(String.format(
                                "%s, %s: compiled for it after %.0f s",
                                work.name(), contender.name(), contender.warmUp(work.workload(), CLIENTS)));
                    }
                }
                results.add(Result.of(
                        work, rounds.measure(work, contenders, progress), KEYS, ROWS, "next to rows, not Galera"));
            }
        }
        return results;
    }
}
