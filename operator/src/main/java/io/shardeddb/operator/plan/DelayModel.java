package io.shardeddb.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How long a commit takes if a server leads. A linear model of what is seen of the server is trained from the terms of
 * all leaders. To this comes how much each server's own terms differed from it. (SEER, arXiv 2104.01355, has a model
 * for each replica; here one small linear model is enough.) Trained online by recursive least squares with forgetting,
 * beginning with the one thing that is known before: a commit takes a round trip. What a server's own terms said is
 * forgotten after a while, since it may have recovered. The time that writes wait before a server sees them is not part
 * of the line. It is added to the delay as it is, and it is also seen of servers that do not lead. So a server that was
 * late once, and is not any more, is not avoided. A value: what is learned makes another one.
 */
public final class DelayModel {
    /** Weight of a new observation in the average of a server's own difference: one in so many. */
    private static final double WEIGHT = 4;

    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    /** Before so many observations, of two leaders at least, nothing is said of a server that did not lead. */
    private static final int ENOUGH = 20;

    /** What came before counts less by this factor with each observation: half after some three hundred. */
    private static final double FORGETTING = 0.998;

    /** How little the weights are trusted at first; the spread never grows above it. */
    private static final double FIRST_SPREAD = 100;

    /** One hopeless leader must not bend the line for all others. */
    private static final double GREATEST_MILLIS = 1_000;

    /**
     * What commits take under a leader that is this late tells of its lateness, and nothing else can be learned from
     * it.
     */
    private static final double LATE_MILLIS = 10;

    private static final int SIZE = 4;

    /** The index of a leader's own part of the round trips in the vector of features. */
    private static final int OWN_ROUND_TRIP = 3;

    /** What has learned nothing yet. */
    public static final DelayModel UNTAUGHT = untaught();

    private final double[] weights;
    private final double[][] spread;
    private final Map<String, Own> own;
    private final int observations;

    /**
     * What is seen of a server whether it leads or not. How long it takes to apply entries is none of it: no commit
     * waits for that, and a line that was learned from a few leaders took it for what makes commits quick.
     *
     * @param cpu share of all processors that it uses, 0 to 1
     * @param forceMillis how long a force of its log takes
     * @param ownRoundTripMillis what it adds to the round trips of those who talk with it
     * @param latenessMillis what a request waits on average before it is seen
     */
    public record Features(double cpu, double forceMillis, double ownRoundTripMillis, double latenessMillis) {
        /**
         * What is seen of it now that makes commits slow, in milliseconds. The round trips that a late server sees
         * contain its lateness.
         */
        double visibleMillis() {
            return bounded(forceMillis) + Math.max(bounded(latenessMillis), bounded(ownRoundTripMillis));
        }

        private double[] vector() {
            return new double[] {1, Math.clamp(cpu, 0, 1), bounded(forceMillis), bounded(ownRoundTripMillis)};
        }
    }

    /**
     * A server's own terms.
     *
     * @param difference from the line, averaged
     * @param delay averaged
     */
    private record Own(double difference, double delay, Instant at) {}

    private DelayModel(double[] weights, double[][] spread, Map<String, Own> own, int observations) {
        this.weights = weights;
        this.spread = spread;
        this.own = own;
        this.observations = observations;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DelayModel that
                && observations == that.observations
                && own.equals(that.own)
                && Arrays.equals(weights, that.weights)
                && Arrays.deepEquals(spread, that.spread);
    }

    @Override
    public int hashCode() {
        return 31 * own.hashCode() + Arrays.hashCode(weights);
    }

    private static DelayModel untaught() {
        double[] weights = new double[SIZE];
        double[][] spread = new double[SIZE][SIZE];
        for (int i = 0; i < SIZE; i++) {
            spread[i][i] = FIRST_SPREAD;
        }
        // A commit takes a round trip. While all leaders have been near, nothing seen of them could tell so of one that
        // is far.
        weights[OWN_ROUND_TRIP] = 1;
        return new DelayModel(weights, spread, Map.of(), 0);
    }

    private static double bounded(double millis) {
        return Math.clamp(millis, 0, GREATEST_MILLIS);
    }

    /**
     * What a leader's commits took.
     *
     * @param server the leader
     * @param features of the leader; absent when they are not known: then only its own average learns
     * @param millis from a write's arrival to its commit
     */
    public record Delay(String server, @Nullable Features features, double millis) {}

    /** The model that knows also what leaders' commits took. */
    public DelayModel observed(List<Delay> delays, Instant now) {
        DelayModel taught = new DelayModel(weights, spread, new HashMap<>(own), observations);
        for (Delay delay : delays) {
            taught = taught.learned(delay, now);
        }
        return taught;
    }

    /** Notes a server's own terms here, where nobody has seen this model yet; returns the one with the new line. */
    private DelayModel learned(Delay seen, Instant now) {
        Features features = seen.features();
        double delay = bounded(seen.millis());
        @Nullable Own before = own.get(seen.server());
        double average = before == null ? delay : towards(before.delay(), delay);
        if (features != null && features.latenessMillis() >= LATE_MILLIS) {
            own.put(seen.server(), new Own(before == null ? 0 : before.difference(), average, now));
            return this;
        }
        DelayModel taught = this;
        double expected = 0;
        if (features != null) {
            double[] x = features.vector();
            double waits = bounded(features.latenessMillis());
            taught = learned(x, Math.max(0, delay - waits));
            expected = product(taught.weights, x) + waits;
        }
        double difference = delay - expected;
        own.put(
                seen.server(),
                new Own(before == null ? difference : towards(before.difference(), difference), average, now));
        return taught;
    }

    private static double towards(double average, double seen) {
        return average + (seen - average) / WEIGHT;
    }

    /** What commits took in a server's own terms, in milliseconds; empty when it has not led for long. */
    public OptionalDouble ownTerms(String server, Instant now) {
        Own known = recent(server, now);
        return known == null ? OptionalDouble.empty() : OptionalDouble.of(known.delay());
    }

    private @Nullable Own recent(String server, Instant now) {
        Own known = own.get(server);
        return known == null || known.at().plus(REMEMBERED).isBefore(now) ? null : known;
    }

    /** Recursive least squares: Haykin, Adaptive Filter Theory, chapter "RLS". */
    private DelayModel learned(double[] x, double delay) {
        double[] spreadX = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            spreadX[i] = product(spread[i], x);
        }
        double scale = FORGETTING + product(x, spreadX);
        double error = delay - product(weights, x);
        double[] newWeights = new double[SIZE];
        double[][] newSpread = new double[SIZE][SIZE];
        double trace = 0;
        for (int i = 0; i < SIZE; i++) {
            newWeights[i] = weights[i] + spreadX[i] / scale * error;
            for (int j = 0; j < SIZE; j++) {
                newSpread[i][j] = spread[i][j] - spreadX[i] * spreadX[j] / scale;
            }
            trace += newSpread[i][i];
        }
        // Forgetting makes room for news; where nothing new comes it must not make the model believe anything.
        if (trace / FORGETTING < SIZE * FIRST_SPREAD) {
            for (double[] row : newSpread) {
                for (int j = 0; j < SIZE; j++) {
                    row[j] /= FORGETTING;
                }
            }
        }
        return new DelayModel(newWeights, newSpread, own, observations + 1);
    }

    private static double product(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < SIZE; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    /**
     * What to expect if the server leads, in milliseconds.
     *
     * @param features of the server; absent when they are not known
     * @return empty when it has not led for long and the model has seen too little of others
     */
    public OptionalDouble predicted(String server, @Nullable Features features, Instant now) {
        Own known = recent(server, now);
        if (known != null) {
            return OptionalDouble.of(features == null ? known.delay() : expected(features, known.difference()));
        }
        return features == null || observations < ENOUGH || own.size() < 2
                ? OptionalDouble.empty()
                : OptionalDouble.of(expected(features, 0));
    }

    private double expected(Features features, double difference) {
        return Math.max(0, product(weights, features.vector()) + difference) + bounded(features.latenessMillis());
    }
}
