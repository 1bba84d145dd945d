package io.shardeddb.bench.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table: our figure next to the peer's, or next to a limit.
 *
 * @param unit of ours and peer
 * @param ours median of all rounds; the worst one where there is no peer
 * @param peer median of all rounds, or the limit where there is no peer
 * @param ratio how many times as good ours is: larger is better whatever the unit; median of the rounds' own ratios,
 *     the worst one where there is no peer
 * @param ratioMin worst round
 * @param ratioMax best round
 * @param floor ratio that is required
 * @param aim ratio that is aimed at
 * @param note what a reader must know of this line
 */
public record Result(
        String work,
        String unit,
        double ours,
        double peer,
        double ratio,
        double ratioMin,
        double ratioMax,
        double floor,
        double aim,
        @Nullable String note) {

    /** Whether what is required was reached. */
    public boolean met() {
        return ratio >= floor;
    }

    /** Ours against a peer, from samples of the same rounds. */
    public static Result of(Work work, List<Sample> samples, String ours, String peer, @Nullable String note) {
        List<Double> first = values(work, samples, ours);
        List<Double> second = values(work, samples, peer);
        if (first.size() != second.size()) {
            throw new IllegalArgumentException(ours + " and " + peer + " were not measured in the same rounds");
        }
        return of(work.name(), work.metric(), work.metric().unit(), first, second, work.floor(), work.aim(), note);
    }

    /**
     * Rates side by side, of the same rounds.
     *
     * @param ours of each round; larger is better
     * @param peer of the same rounds
     */
    public static Result ofRates(
            String work,
            String unit,
            List<Double> ours,
            List<Double> peer,
            double floor,
            double aim,
            @Nullable String note) {
        return of(work, Metric.ROWS_PER_SECOND, unit, ours, peer, floor, aim, note);
    }

    private static Result of(
            String work,
            Metric metric,
            String unit,
            List<Double> ours,
            List<Double> peer,
            double floor,
            double aim,
            @Nullable String note) {
        List<Double> ratios = new java.util.ArrayList<>();
        for (int round = 0; round < ours.size(); round++) {
            ratios.add(metric.ratio(ours.get(round), peer.get(round)));
        }
        Spread spread = Spread.of(ratios);
        return new Result(
                work,
                unit,
                Spread.of(ours).median(),
                Spread.of(peer).median(),
                spread.median(),
                spread.min(),
                spread.max(),
                floor,
                aim,
                note);
    }

    /**
     * Durations against a limit, which is kept when no round exceeds it: the worst one counts.
     *
     * @param limit seconds that must not be exceeded, the ratio's floor being 1
     * @param aim seconds that are aimed at
     */
    public static Result ofLimit(String work, List<Double> seconds, double limit, double aim, @Nullable String note) {
        Spread spread = Spread.of(seconds);
        return new Result(
                work,
                Metric.SECONDS.unit(),
                spread.max(),
                limit,
                limit / spread.max(),
                limit / spread.max(),
                limit / spread.min(),
                1,
                limit / aim,
                note);
    }

    private static List<Double> values(Work work, List<Sample> samples, String contender) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(contender))
                .sorted(java.util.Comparator.comparingInt(Sample::round))
                .map(sample -> work.metric().of(sample.measurement()))
                .toList();
    }
}
