package io.shardeddb.bench.compare;

import io.shardeddb.bench.load.ClosedLoop;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.load.WarmUp;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A database in a comparison, with what is known of its rows. Its tables exist and were empty at first. */
public final class Contender {

    private static final int LOADING_CLIENTS = 4;

    private final Target target;
    private final Map<String, List<Long>> processes;
    private final Map<String, Population> populations = new ConcurrentHashMap<>();

    /**
     * @param processes ids of its processes by what they are, for their processor time; empty where they are not known
     */
    public Contender(Target target, Map<String, List<Long>> processes) {
        this.target = target;
        this.processes = Map.copyOf(processes);
    }

    public String name() {
        return target.name();
    }

    Map<String, List<Long>> processes() {
        return processes;
    }

    /**
     * Runs a workload until this database's programs have been compiled for it.
     *
     * @return how long it took, in seconds
     */
    public double warmUp(Workload workload, int clients) throws LoadException, InterruptedException {
        return WarmUp.standard()
                .run(
                        loop(workload, clients),
                        processes.values().stream().flatMap(List::stream).toList());
    }

    /** Fills the workload's table. */
    public void load(Workload workload) throws LoadException, InterruptedException {
        loop(workload, LOADING_CLIENTS).load();
    }

    /** The workload against this database. */
    public ClosedLoop loop(Workload workload, int clients) {
        return new ClosedLoop(target, workload, population(workload), clients);
    }

    /** The rows of the workload's table here. */
    public Population population(Workload workload) {
        return populations.computeIfAbsent(workload.table().name(), name -> new Population());
    }

    public Target target() {
        return target;
    }
}
