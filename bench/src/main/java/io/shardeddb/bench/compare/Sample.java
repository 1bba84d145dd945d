package io.shardeddb.bench.compare;

import io.shardeddb.bench.load.Measurement;
import java.util.Map;

/**
 * One measurement of one contender in one round.
 *
 * @param processorSeconds used meanwhile (warm-up included) by each group of the contender's processes
 */
public record Sample(
        String work, String contender, int round, Measurement measurement, Map<String, Double> processorSeconds) {}
