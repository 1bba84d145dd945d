package io.shardeddb.operator.plan;

import io.shardeddb.operator.plan.LeaderBalance.Led;
import io.shardeddb.protocol.leader.LeaderScore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which server would lead clearly better (SEER, arXiv 2104.01355), by what {@link DelayModel} predicts for each
 * candidate. If the model has seen too little, a score of 40 % latency, 40 % stability and 20 % lag decides, and only
 * against a leader that is very slow. What is slow must be the leader and not the machine as a whole: what is seen of
 * the leader now must explain its slowness and must not be seen of the candidate. Whether and when a leadership moves
 * is {@link LeaderMoves}' decision. Pure.
 */
public final class LeaderChoice {
    /** A leader below this delay is left alone, whatever others promise. */
    static final double SLOW_MILLIS = 50;

    /** A leader below this delay is left alone for a candidate of which nothing is known. */
    static final double VERY_SLOW_MILLIS = 150;

    /** A candidate must promise a delay so many times smaller. */
    static final double GAIN = 3;

    /** A candidate that was clearly better a moment ago is so still while it promises a delay so many times smaller. */
    private static final double GAIN_KEPT = 2;

    /** A follower with a score so many times greater is clearly the better leader. */
    private static final double SCORE_GAIN = 1.2;

    /** A server that is so late and forces so slowly itself is no better place, whatever the leader is. */
    private static final double BUSY_MILLIS = SLOW_MILLIS / 2;

    private LeaderChoice() {}

    /**
     * One shard's leader.
     *
     * @param led the shard, its leader and who else may lead
     * @param delayMillis how long a commit takes; negative when unknown
     * @param measured whether the leader measured it; else it is guessed from heartbeats, because nothing was written
     *     lately, and nothing is learned from it
     * @param candidates the followers' figures for the score, as far as known, by server
     * @param features what is seen of the leader and of the followers, as far as known, by server
     * @param ledFor how long the leader says that it has led; zero when it does not say
     */
    public record Term(
            Led led,
            double delayMillis,
            boolean measured,
            Map<String, LeaderScore.Candidate> candidates,
            Map<String, DelayModel.Features> features,
            Duration ledFor) {

        private OptionalDouble predicted(DelayModel model, String server, Instant now) {
            return model.predicted(server, features.get(server), now);
        }
    }

    /** The model that knows also what the leaders measured. */
    static DelayModel taught(DelayModel model, List<Term> terms, Instant now) {
        List<DelayModel.Delay> measured = terms.stream()
                .filter(Term::measured)
                .map(term -> {
                    String leader = term.led().leader();
                    return new DelayModel.Delay(leader, term.features().get(leader), term.delayMillis());
                })
                .toList();
        return model.observed(measured, now);
    }

    /** Servers that are so slow themselves now that no leadership goes there for speed. */
    static Set<String> busy(List<Term> terms) {
        Set<String> busy = new TreeSet<>();
        for (Term term : terms) {
            term.features().forEach((server, seen) -> {
                if (seen.forceMillis() + seen.latenessMillis() >= BUSY_MILLIS) {
                    busy.add(server);
                }
            });
        }
        return busy;
    }

    /**
     * Followers under which commits would be clearly quicker than under the leader.
     *
     * @param known those that were so in the last reconcile: they stay so a little longer, so that noise interrupts
     *     nothing
     */
    static Set<String> quicker(DelayModel model, Term term, Set<String> known, Instant now) {
        Set<String> quicker = new TreeSet<>();
        if (term.delayMillis() < SLOW_MILLIS || term.led().fixed()) {
            return quicker;
        }
        for (String server : term.led().followers().keySet()) {
            double gain = known.contains(server) ? GAIN_KEPT : GAIN;
            OptionalDouble predicted = term.predicted(model, server, now);
            boolean promises = predicted.isPresent()
                    ? predicted.getAsDouble() * gain <= term.delayMillis()
                    : term.delayMillis() >= VERY_SLOW_MILLIS && score(term, server) > 0;
            if (promises && isLeadersOwn(term, server, gain)) {
                quicker.add(server);
            }
        }
        return quicker;
    }

    /**
     * Whether what is slow is the leader and not all servers: what is seen of the leader now is so many times what is
     * seen of the candidate, and explains the delay. A delay of the leader's meets a write at most twice, in addition
     * to its other waits: while it waits for the round before, and in its own round. Of servers of which nothing is
     * seen, what was measured under them counts alone.
     */
    private static boolean isLeadersOwn(Term term, String server, double gain) {
        DelayModel.Features leader = term.features().get(term.led().leader());
        DelayModel.Features candidate = term.features().get(server);
        if (leader == null || candidate == null) {
            return true;
        }
        double difference = leader.visibleMillis() - candidate.visibleMillis();
        return candidate.visibleMillis() * gain <= leader.visibleMillis()
                && 2 * difference >= term.delayMillis() * (1 - 1 / gain);
    }

    /**
     * The best of some candidates. Among those that are predicted to be quick it is the one that leads least, because a
     * single fast server must not lead everything. If nothing is predicted, it is the one with the best score.
     *
     * @param leads how many shards each server leads
     * @return the server and the reason for people
     */
    static Optional<Map.Entry<String, String>> best(
            DelayModel model, Term term, Set<String> candidates, Map<String, Integer> leads, Instant now) {
        List<String> proven = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String server : new TreeSet<>(candidates)) {
            (term.predicted(model, server, now).isPresent() ? proven : unknown).add(server);
        }
        Optional<String> quick = proven.stream()
                .min(Comparator.comparingInt((String server) -> leads.getOrDefault(server, 0))
                        .thenComparingDouble(
                                server -> term.predicted(model, server, now).orElse(Double.MAX_VALUE)));
        if (quick.isPresent()) {
            return Optional.of(Map.entry(
                    quick.get(),
                    String.format(
                            Locale.ROOT,
                            "because commits take %.0f ms, and %.0f ms are predicted (%s)",
                            term.delayMillis(),
                            term.predicted(model, quick.get(), now).orElse(0),
                            predictions(model, term, now))));
        }
        return unknown.stream()
                .max(Comparator.comparingDouble((String server) -> score(term, server))
                        .thenComparing(Comparator.naturalOrder()))
                .map(server -> Map.entry(
                        server,
                        String.format(
                                Locale.ROOT,
                                "because commits take %.0f ms, and it has the best score, %.2f",
                                term.delayMillis(),
                                score(term, server))));
    }

    /** A follower's score; 0 where it is not known or may not lead. */
    private static double score(Term term, String server) {
        LeaderScore.Candidate candidate = term.candidates().get(server);
        return candidate == null ? 0 : LeaderScore.of(candidate);
    }

    /** What is predicted for each, for people. */
    private static String predictions(DelayModel model, Term term, Instant now) {
        return new TreeSet<>(term.led().followers().keySet())
                .stream()
                        .map(server -> {
                            OptionalDouble predicted = term.predicted(model, server, now);
                            return predicted.isEmpty()
                                    ? server + ": unknown"
                                    : String.format(Locale.ROOT, "%s: %.1f ms", server, predicted.getAsDouble());
                        })
                        .collect(Collectors.joining(", "));
    }

    /**
     * Who is to stand later than others when a leader is gone: for each shard and voter, how many followers would
     * clearly be better leaders. In a cluster of equals by none.
     */
    public static Map<String, Map<String, Integer>> ranks(DelayModel model, List<Term> terms, Instant now) {
        Map<String, Map<String, Integer>> ranks = new TreeMap<>();
        for (Term term : terms) {
            Map<String, Integer> ofShard = new TreeMap<>();
            for (String server : term.led().followers().keySet()) {
                // Where a person said who is to lead, nobody else is favoured.
                long excelledBy = term.led().fixed()
                        ? 0
                        : term.led().followers().keySet().stream()
                                .filter(other -> excels(model, term, other, server, now))
                                .count();
                ofShard.put(server, (int) excelledBy);
            }
            ranks.put(term.led().shard(), ofShard);
        }
        return ranks;
    }

    /** Whether one is clearly the better leader: by what is predicted for both, else by their scores. */
    private static boolean excels(DelayModel model, Term term, String one, String other, Instant now) {
        OptionalDouble first = term.predicted(model, one, now);
        OptionalDouble second = term.predicted(model, other, now);
        if (first.isPresent() && second.isPresent()) {
            return second.getAsDouble() >= SLOW_MILLIS && first.getAsDouble() * GAIN <= second.getAsDouble();
        }
        LeaderScore.Candidate good = term.candidates().get(one);
        LeaderScore.Candidate bad = term.candidates().get(other);
        return good != null
                && bad != null
                && bad.latencyMillis() >= SLOW_MILLIS
                && LeaderScore.of(good) >= SCORE_GAIN * LeaderScore.of(bad);
    }

    /**
     * Servers under which commits are much slower than under another: balance gives them nothing. A server that leads
     * is judged by what its commits take now. Another one is judged by what is predicted from what is seen of it now,
     * so one that has recovered counts again. If nothing can be predicted, it is judged by what is seen of it.
     */
    public static Set<String> slow(DelayModel model, List<String> servers, List<Term> terms, Instant now) {
        Map<String, Double> led = new HashMap<>();
        terms.stream()
                .filter(term -> term.delayMillis() >= 0)
                .forEach(term -> led.merge(term.led().leader(), term.delayMillis(), Math::max));
        Map<String, List<Term>> seenIn = new HashMap<>();
        terms.forEach(term -> term.features()
                .keySet()
                .forEach(server -> seenIn.computeIfAbsent(server, name -> new ArrayList<>())
                        .add(term)));
        Map<String, Double> expected = new TreeMap<>();
        for (String server : servers) {
            Double leads = led.get(server);
            OptionalDouble delay = leads == null
                    ? expected(model, server, seenIn.getOrDefault(server, List.of()), now)
                    : OptionalDouble.of(leads);
            delay.ifPresent(millis -> expected.put(server, millis));
        }
        double quickest = expected.values().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(0);
        Set<String> slow = new TreeSet<>();
        expected.forEach((server, delay) -> {
            if (delay >= Math.max(SLOW_MILLIS, GAIN * quickest)) {
                slow.add(server);
            }
        });
        Map<String, Double> visible = new TreeMap<>();
        seenIn.forEach((server, in) -> in.forEach(term -> visible.merge(
                server, Objects.requireNonNull(term.features().get(server)).visibleMillis(), Math::max)));
        double least =
                visible.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
        visible.keySet().retainAll(servers);
        visible.keySet().removeAll(expected.keySet());
        visible.forEach((server, millis) -> {
            if (millis >= Math.max(SLOW_MILLIS, GAIN * least)) {
                slow.add(server);
            }
        });
        return slow;
    }

    /** Of a server that leads nothing. */
    private static OptionalDouble expected(DelayModel model, String server, List<Term> seenIn, Instant now) {
        OptionalDouble own = model.ownTerms(server, now);
        if (own.isEmpty()) {
            return own;
        }
        OptionalDouble predicted = seenIn.stream()
                .map(term -> term.predicted(model, server, now))
                .flatMapToDouble(OptionalDouble::stream)
                .max();
        return predicted.isPresent() ? predicted : own;
    }
}
