package io.shardeddb.operator.plan;

import java.util.List;

/**
 * Least squares with both penalties (Zou and Hastie, 2005) on standardised features with all products of two of them,
 * as SEER has it; by coordinate descent. For comparison with {@link DelayModel}.
 */
final class ElasticNet {
    private static final double PENALTY = 0.1;
    private static final double SHARE_OF_ABSOLUTES = 0.5;
    private static final int SWEEPS = 200;

    private final double[] means;
    private final double[] deviations;
    private final double[] weights;
    private final double base;

    private ElasticNet(double[] means, double[] deviations, double[] weights, double base) {
        this.means = means;
        this.deviations = deviations;
        this.weights = weights;
        this.base = base;
    }

    /**
     * Learns.
     *
     * @param samples features of each observation
     * @param delays what was seen, as many
     */
    static ElasticNet of(List<double[]> samples, List<Double> delays) {
        int count = samples.size();
        List<double[]> expanded = samples.stream().map(ElasticNet::expand).toList();
        int size = expanded.getFirst().length;
        double[] means = new double[size];
        double[] deviations = new double[size];
        for (int j = 0; j < size; j++) {
            int feature = j;
            double mean =
                    expanded.stream().mapToDouble(x -> x[feature]).average().orElse(0);
            double variance = expanded.stream()
                    .mapToDouble(x -> (x[feature] - mean) * (x[feature] - mean))
                    .average()
                    .orElse(0);
            means[j] = mean;
            deviations[j] = variance < 1e-12 ? 1 : Math.sqrt(variance);
        }
        double base = delays.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double[] residuals = delays.stream().mapToDouble(delay -> delay - base).toArray();
        double[] weights = new double[size];
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int j = 0; j < size; j++) {
                double correlation = 0;
                for (int i = 0; i < count; i++) {
                    correlation += standard(expanded.get(i), j, means, deviations) * residuals[i];
                }
                double wanted = shrink(correlation / count + weights[j], PENALTY * SHARE_OF_ABSOLUTES)
                        / (1 + PENALTY * (1 - SHARE_OF_ABSOLUTES));
                double change = wanted - weights[j];
                if (change != 0) {
                    weights[j] = wanted;
                    for (int i = 0; i < count; i++) {
                        residuals[i] -= change * standard(expanded.get(i), j, means, deviations);
                    }
                }
            }
        }
        return new ElasticNet(means, deviations, weights, base);
    }

    /** What to expect, in the unit of what was seen; never below 0. */
    double predicted(double[] features) {
        double[] x = expand(features);
        double sum = base;
        for (int j = 0; j < x.length; j++) {
            sum += weights[j] * standard(x, j, means, deviations);
        }
        return Math.max(0, sum);
    }

    private static double standard(double[] x, int feature, double[] means, double[] deviations) {
        return (x[feature] - means[feature]) / deviations[feature];
    }

    private static double shrink(double value, double by) {
        return Math.signum(value) * Math.max(0, Math.abs(value) - by);
    }

    private static double[] expand(double[] features) {
        int size = features.length;
        double[] expanded = new double[size + size * (size + 1) / 2];
        System.arraycopy(features, 0, expanded, 0, size);
        int next = size;
        for (int i = 0; i < size; i++) {
            for (int j = i; j < size; j++) {
                expanded[next++] = features[i] * features[j];
            }
        }
        return expanded;
    }
}
