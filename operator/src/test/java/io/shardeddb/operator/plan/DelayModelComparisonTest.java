package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/**
 * The small linear model against the paper's elastic net, on what was recorded of {@code sdb bench adaptive}: each
 * second of five servers, with leaders and followers that become slow and recover, and leaders that are killed. Each
 * model predicts before it sees.
 */
class DelayModelComparisonTest {
    private static final int ENOUGH = 20;
    private static final int LEARN_EVERY = 10;
    private static final int REMEMBERED = 300;
    private static final int SETTLED_SECONDS = 3;
    private static final int JUDGED_SECONDS = 8;

    /**
     * One server in one second.
     *
     * @param applyMillis how long its transactions took, which the net alone is told
     * @param delay negative where it does not lead
     */
    private record Seen(
            int run,
            int second,
            String server,
            boolean leads,
            DelayModel.Features features,
            double applyMillis,
            double delay) {
        private double[] vector() {
            return new double[] {features.cpu(), features.forceMillis(), applyMillis, features.ownRoundTripMillis()};
        }
    }

    private static final class Errors {
        private final List<Double> line = new ArrayList<>();
        private final List<Double> net = new ArrayList<>();

        private static double mean(List<Double> errors) {
            return errors.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }

        private String text(String what) {
            return "%s: linear %.1f ms, elastic net %.1f ms (%d predictions)"
                    .formatted(what, mean(line), mean(net), line.size());
        }
    }

    private DelayModel model = DelayModel.UNTAUGHT;
    private final List<double[]> samples = new ArrayList<>();
    private final List<Double> delays = new ArrayList<>();
    private ElasticNet net = ElasticNet.of(List.of(new double[4]), List.of(0.0));

    @Test
    void theLinearModelIsGoodEnoughOnWhatWasRecorded() throws IOException {
        List<Seen> all = recorded();
        Errors next = new Errors();
        Errors leaders = new Errors();
        Map<String, Seen> before = new HashMap<>();
        String leader = "";
        for (Seen seen : all) {
            if (!seen.leads()) {
                before.put(seen.server(), seen);
                continue;
            }
            Instant now = Instant.ofEpochSecond(1_000L * seen.run() + seen.second());
            if (samples.size() >= ENOUGH) {
                note(next, seen, seen, seen.delay(), now);
                Seen asFollower = before.get(seen.server());
                OptionalDouble settled = settled(all, seen);
                if (!leader.equals(seen.server()) && asFollower != null && settled.isPresent()) {
                    note(leaders, seen, asFollower, settled.getAsDouble(), now);
                }
            }
            leader = seen.server();
            learn(seen, now);
        }
        System.out.println(next.text("mean error, the present leader's next second"));
        System.out.println(leaders.text("mean error, a follower's delay once it leads"));
        assertThat(leaders.line).as("changes of leader in the record").hasSizeGreaterThanOrEqualTo(5);
        assertThat(Errors.mean(next.line))
                .as("what decides whether a leader is slow")
                .isLessThanOrEqualTo(Errors.mean(next.net));
        assertThat(Errors.mean(leaders.line))
                .as("far below what a candidate must promise")
                .isLessThan(LeaderChoice.SLOW_MILLIS);
    }

    private void note(Errors errors, Seen seen, Seen features, double delay, Instant now) {
        OptionalDouble linear = model.predicted(seen.server(), features.features(), now);
        if (linear.isPresent()) {
            errors.line.add(Math.abs(linear.getAsDouble() - delay));
            errors.net.add(Math.abs(net.predicted(features.vector()) - delay));
        }
    }

    private void learn(Seen seen, Instant now) {
        model = model.observed(List.of(new DelayModel.Delay(seen.server(), seen.features(), seen.delay())), now);
        samples.add(seen.vector());
        delays.add(seen.delay());
        if (samples.size() % LEARN_EVERY == 0) {
            int from = Math.max(0, samples.size() - REMEMBERED);
            net = ElasticNet.of(samples.subList(from, samples.size()), delays.subList(from, delays.size()));
        }
    }

    /** The median delay of a term, some seconds after it began; empty where it did not last. */
    private static OptionalDouble settled(List<Seen> all, Seen first) {
        List<Double> later = all.stream()
                .filter(seen -> seen.run() == first.run()
                        && seen.leads()
                        && seen.server().equals(first.server())
                        && seen.second() >= first.second() + SETTLED_SECONDS
                        && seen.second() <= first.second() + JUDGED_SECONDS)
                .map(Seen::delay)
                .sorted()
                .toList();
        return later.size() < 3 ? OptionalDouble.empty() : OptionalDouble.of(later.get(later.size() / 2));
    }

    private static List<Seen> recorded() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(DelayModelComparisonTest.class.getResourceAsStream("recorded-delays.csv")),
                StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .map(cells -> new Seen(
                            Integer.parseInt(cells[0]),
                            Integer.parseInt(cells[1]),
                            cells[2],
                            cells[3].equals("1"),
                            new DelayModel.Features(
                                    Double.parseDouble(cells[4]),
                                    Double.parseDouble(cells[5]),
                                    Double.parseDouble(cells[7]),
                                    0),
                            Double.parseDouble(cells[6]),
                            cells[8].isEmpty() ? -1 : Double.parseDouble(cells[8])))
                    .toList();
        }
    }
}
