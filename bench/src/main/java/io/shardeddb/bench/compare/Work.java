package io.shardeddb.bench.compare;

import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import java.util.List;

/**
 * Something that databases are compared in.
 *
 * @param pauseSeconds how long a database rests before each of its measurements, which then begin with the first
 *     request. 0: it does not rest, and each measurement has a warm-up. A work with a pause comes after one of the same
 *     workload, whose warm-up serves both.
 * @param floor the ratio to the peer that must be reached at least
 * @param aim the ratio that is aimed at
 */
public record Work(
        String name, Workload workload, int clients, Metric metric, double pauseSeconds, double floor, double aim) {

    /**
     * What the project promises, against a Galera cluster of three nodes.
     *
     * @param rows in the table that is read
     */
    public static List<Work> promised(long rows) {
        Table table = Table.students();
        return List.of(
                new Work(
                        "strong point reads, 32 clients",
                        Workload.pointReads(table, rows),
                        32,
                        Metric.OPERATIONS_PER_SECOND,
                        0,
                        0.4,
                        1),
                new Work(
                        "strong point reads after a pause of 10 s, 32 clients",
                        Workload.pointReads(table, rows),
                        32,
                        Metric.OPERATIONS_PER_SECOND,
                        10,
                        0.4,
                        1),
                new Work(
                        "single-row inserts, 32 clients",
                        Workload.inserts(table, 1),
                        32,
                        Metric.OPERATIONS_PER_SECOND,
                        0,
                        1.5,
                        3),
                new Work("single-row insert, 1 client", Workload.inserts(table, 1), 1, Metric.MEDIAN_MILLIS, 0, 0.4, 1),
                new Work(
                        "100-row batches, 8 clients",
                        Workload.inserts(table, 100),
                        8,
                        Metric.ROWS_PER_SECOND,
                        0,
                        0.4,
                        1),
                new Work(
                        "additions to one counter, 32 clients",
                        Workload.counter(table),
                        32,
                        Metric.OPERATIONS_PER_SECOND,
                        0,
                        0.5,
                        1));
    }
}
