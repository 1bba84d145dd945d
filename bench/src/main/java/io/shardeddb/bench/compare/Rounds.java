package io.shardeddb.bench.compare;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.bench.load.Processors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How often and how long a work is measured. All contenders are up all the time and take turns within each round, each
 * round beginning with another one, so that what the machine does meanwhile meets all of them.
 */
public record Rounds(int count, double warmUpSeconds, double seconds) {

    /** For a short look: some seconds for each work and contender. */
    public static Rounds quick() {
        return new Rounds(3, 1, 2);
    }

    /** For figures to keep. */
    public static Rounds full() {
        return new Rounds(5, 2, 5);
    }

    /**
     * Measures one work.
     *
     * @param progress hears a line for each measurement
     * @throws LoadException when a contender refused an operation: figures of a run with errors are no figures
     */
    public List<Sample> measure(Work work, List<Contender> contenders, Consumer<String> progress)
            throws LoadException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < count; round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                Contender contender = contenders.get((round + turn) % contenders.size());
                Sample sample = measure(work, contender, round);
                samples.add(sample);
                progress.accept(String.format(
                        "%s, round %d of %d, %s: %,.2f %s%s",
                        work.name(),
                        round + 1,
                        count,
                        contender.name(),
                        work.metric().of(sample.measurement()),
                        work.metric().unit(),
                        processorTime(work, sample)));
            }
        }
        return samples;
    }

    private Sample measure(Work work, Contender contender, int round) throws LoadException, InterruptedException {
        boolean rested = work.pauseSeconds() > 0;
        if (rested) {
            Thread.sleep((long) (work.pauseSeconds() * 1_000));
        }
        Map<String, Double> before = Processors.seconds(contender.processes());
        Measurement measurement =
                contender.loop(work.workload(), work.clients()).run(rested ? 0 : warmUpSeconds, seconds, round + 1L);
        Map<String, Double> used = new LinkedHashMap<>();
        Processors.seconds(contender.processes())
                .forEach((name, after) -> used.put(name, after - before.getOrDefault(name, 0.0)));
        if (measurement.errors() > 0) {
            throw new LoadException(work.name() + " on " + contender.name() + ": " + measurement.errors()
                    + " errors, the first: " + measurement.firstError());
        }
        return new Sample(work.name(), contender.name(), round, measurement, used);
    }

    /** Such as {@code (processor time per operation: router 120 µs, mysqld 90 µs)}. */
    private String processorTime(Work work, Sample sample) {
        if (sample.processorSeconds().isEmpty() || sample.measurement().operations() == 0) {
            return "";
        }
        // The window is a part of the time in which the processor time was used.
        double warmUp = work.pauseSeconds() > 0 ? 0 : warmUpSeconds;
        double operations = sample.measurement().operations() * (warmUp + seconds) / seconds;
        List<String> parts = new ArrayList<>();
        sample.processorSeconds()
                .forEach((name, used) -> parts.add(String.format("%s %,.0f µs", name, used * 1e6 / operations)));
        return " (processor time per operation: " + String.join(", ", parts) + ")";
    }
}
