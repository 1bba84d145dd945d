package io.shardeddb.operator.plan;

import io.shardeddb.operator.plan.LeaderBalance.Led;
import io.shardeddb.operator.plan.LeaderBalance.Transfer;
import io.shardeddb.protocol.leader.LeaderScore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Moves leaderships off slow leaders (SEER, arXiv 2104.01355): by what {@link DelayModel} predicts for each candidate; where that has
 * seen too little, by the score of 40 % latency, 40 % stability and 20 % lag, and only off a leader that is very slow. Does nothing in a
 * cluster in which all are equally slow. Not thread-safe: one for each database.
 */
public final class LeaderChoice {
    /** A leader below this delay is left alone, whatever others promise. */
    static final double SLOW_MILLIS = 50;

    /** A leader below this delay is left alone for a candidate of which nothing is known. */
    static final double VERY_SLOW_MILLIS = 150;

    /** A candidate must promise a delay so many times smaller. */
    static final double GAIN = 3;

    /** A follower with a score so many times greater is clearly the better leader. */
    static final double SCORE_GAIN = 1.2;

    /** So long a leader must have been slow without interruption. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** So long a leader leads at least before it is judged again. */
    static final Duration MINIMUM_TERM = Duration.ofSeconds(30);

    private final DelayModel model = new DelayModel();
    private final Map<String, Instant> slowSince = new HashMap<>();
    private final Map<String, Instant> movedAt = new HashMap<>();

    /**
     * One shard's leader.
     *
     * @param led the shard, its leader and who else may lead
     * @param delayMillis how long a commit takes; negative when unknown
     * @param measured whether the leader measured it; else it is guessed from heartbeats, because nothing was written lately, and
     *     nothing is learned from it
     * @param candidates the followers' figures for the score, as far as known, by server
     * @param features what is seen of the leader and of the followers, as far as known, by server
     */
    public record Term(
            Led led,
            double delayMillis,
            boolean measured,
            Map<String, LeaderScore.Candidate> candidates,
            Map<String, DelayModel.Features> features) {

        private OptionalDouble predicted(DelayModel model, String server, Instant now) {
            return model.predicted(server, features.get(server), now);
        }
    }

    /**
     * A transfer with its reason.
     *
     * @param transfer what to do
     * @param reason for people
     */
    public record Choice(Transfer transfer, String reason) {}

    /** Looks at all shards, about once a second. At most one leadership moves at a time. */
    public Optional<Choice> next(List<Term> terms, Instant now) {
        for (Term term : terms) {
            if (term.measured()) {
                String leader = term.led().leader();
                model.observe(leader, term.features().get(leader), term.delayMillis(), now);
            }
        }
        Map<String, Integer> leads = new HashMap<>();
        terms.forEach(term -> leads.merge(term.led().leader(), 1, Integer::sum));
        Optional<Choice> choice = Optional.empty();
        for (Term term : terms) {
            Optional<Choice> possible = judge(term, leads, now);
            if (choice.isEmpty()) {
                choice = possible;
            }
        }
        choice.ifPresent(made -> movedAt.put(made.transfer().shard(), now));
        return choice;
    }

    private Optional<Choice> judge(Term term, Map<String, Integer> leads, Instant now) {
        Led led = term.led();
        String key = led.shard() + " " + led.leader();
        if (term.delayMillis() < SLOW_MILLIS || led.fixed()) {
            slowSince.remove(key);
            return Optional.empty();
        }
        Instant since = slowSince.computeIfAbsent(key, ignored -> now);
        Instant moved = movedAt.getOrDefault(led.shard(), Instant.MIN);
        boolean early = since.plus(PATIENCE).isAfter(now)
                || (!moved.equals(Instant.MIN) && moved.plus(MINIMUM_TERM).isAfter(now));
        return early ? Optional.empty() : best(term, leads, now);
    }

    private Optional<Choice> best(Term term, Map<String, Integer> leads, Instant now) {
        Led led = term.led();
        List<String> proven = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String server : new TreeMap<>(led.followers()).keySet()) {
            OptionalDouble predicted = term.predicted(model, server, now);
            if (predicted.isEmpty()) {
                unknown.add(server);
            } else if (predicted.getAsDouble() * GAIN <= term.delayMillis()) {
                proven.add(server);
            }
        }
        // Among those that are quick enough the one that leads least: a single fast server does not lead everything.
        Optional<String> quick = proven.stream()
                .min(Comparator.comparingInt((String server) -> leads.getOrDefault(server, 0))
                        .thenComparingDouble(
                                server -> term.predicted(model, server, now).orElse(Double.MAX_VALUE)));
        if (quick.isPresent()) {
            String reason = String.format(
                    Locale.ROOT,
                    "because commits take %.0f ms, and %.0f ms are predicted (%s)",
                    term.delayMillis(),
                    term.predicted(model, quick.get(), now).orElse(0),
                    scores(term, now));
            return Optional.of(choice(led, quick.get(), reason));
        }
        if (term.delayMillis() < VERY_SLOW_MILLIS) {
            return Optional.empty();
        }
        Map<String, Double> scores = new HashMap<>();
        for (String server : unknown) {
            LeaderScore.Candidate candidate = term.candidates().get(server);
            if (candidate != null && candidate.healthy()) {
                scores.put(server, LeaderScore.of(candidate));
            }
        }
        return scores.entrySet().stream()
                .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> choice(
                        led,
                        entry.getKey(),
                        String.format(
                                Locale.ROOT,
                                "because commits take %.0f ms, and it has the best score, %.2f",
                                term.delayMillis(),
                                entry.getValue())));
    }

    /** What is predicted for each, for people. */
    private String scores(Term term, Instant now) {
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
     * Who is to stand later than others when a leader is gone: for each shard and voter, by how many followers it is clearly excelled. In a
     * cluster of equals by none.
     */
    public Map<String, Map<String, Integer>> ranks(List<Term> terms, Instant now) {
        Map<String, Map<String, Integer>> ranks = new TreeMap<>();
        for (Term term : terms) {
            Map<String, Integer> ofShard = new TreeMap<>();
            for (String server : term.led().followers().keySet()) {
                // Where a person said who is to lead, nobody else is favoured.
                long excelledBy = term.led().fixed()
                        ? 0
                        : term.led().followers().keySet().stream()
                                .filter(other -> excels(term, other, server, now))
                                .count();
                ofShard.put(server, (int) excelledBy);
            }
            ranks.put(term.led().shard(), ofShard);
        }
        return ranks;
    }

    /** Whether one is clearly the better leader: by what is predicted for both, else by their scores. */
    private boolean excels(Term term, String one, String other, Instant now) {
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

    private static Choice choice(Led led, String server, String reason) {
        return new Choice(
                new Transfer(
                        led.shard(),
                        led.leader(),
                        server,
                        java.util.Objects.requireNonNull(led.followers().get(server))),
                reason);
    }

    /**
     * Servers under which commits are much slower than under another: balance gives them nothing. A server that leads is judged by what its
     * commits take now, another one by what is predicted from what is seen of it now, so that one that has recovered counts again.
     */
    public Set<String> slow(List<String> servers, List<Term> terms, Instant now) {
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
                    ? expected(server, seenIn.getOrDefault(server, List.of()), now)
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
        return slow;
    }

    /** Of a server that leads nothing. */
    private OptionalDouble expected(String server, List<Term> seenIn, Instant now) {
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
