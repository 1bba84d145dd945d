package io.shardeddb.operator.plan;

import io.shardeddb.operator.plan.LeaderBalance.Led;
import io.shardeddb.operator.plan.LeaderBalance.Transfer;
import io.shardeddb.operator.plan.LeaderChoice.Term;
import io.shardeddb.operator.plan.LeaderMemory.Tenure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a leadership may move now, for speed ({@link LeaderChoice}) or for balance ({@link LeaderBalance}).
 * Both share one memory. So no leadership moves twice in a short time, and neither kind of move undoes the other. A
 * move costs a pause and breaks what is being read; it must gain something for long. What a person or a restart asks
 * for does not pass here, and is remembered all the same. Pure.
 */
public final class LeaderMoves {
    /** A leader leads at least this long, for whatever reason it leads, before it is moved for speed or for balance. */
    static final Duration MINIMUM_TERM = Duration.ofSeconds(30);

    /** So long a candidate must have been the clearly better leader without interruption. */
    static final Duration PATIENCE = Duration.ofMillis(4_500);

    /**
     * So long a candidate must not have been slow itself, at no reconcile: what comes and goes on all servers is the
     * machine.
     */
    static final Duration CALM = Duration.ofSeconds(12);

    /**
     * So long balance gives nothing to a server that was left because it was slow, and speed nothing back that balance
     * took.
     */
    static final Duration NO_RETURN = Duration.ofMinutes(2);

    /** Between a move and the next one for balance, and before a move that did not happen is tried again. */
    static final Duration BETWEEN_MOVES = Duration.ofSeconds(5);

    private LeaderMoves() {}

    /**
     * A transfer with its reason.
     *
     * @param transfer what to do
     * @param reason for people
     */
    public record Move(Transfer transfer, String reason) {}

    /**
     * What one reconcile decided.
     *
     * @param memory for the next reconcile
     * @param move what to do; null: nothing
     * @param ranks for each shard and voter, how many followers would clearly be better leaders
     * @param watches whether a leader is slow and a better one is known, so that the next reconcile is due soon
     */
    public record Decision(
            LeaderMemory memory, @Nullable Move move, Map<String, Map<String, Integer>> ranks, boolean watches) {}

    /**
     * Compares all shards, about once a second. At most one leadership moves at a time.
     *
     * @param memory what the reconcile before returned
     * @param terms one for each shard whose leader answered
     * @param servers all servers that may lead
     */
    public static Decision decide(LeaderMemory memory, List<Term> terms, List<String> servers, Instant now) {
        DelayModel model = LeaderChoice.taught(memory.model(), terms, now);
        Map<String, Instant> busy = busy(memory, terms, now);
        Map<String, Tenure> tenures = tenures(memory, model, terms, busy.keySet(), now);
        Map<String, Instant> avoided = avoided(memory, LeaderChoice.slow(model, servers, terms, now), now);
        Move move = forSpeed(model, terms, tenures, now).orElse(null);
        if (move != null) {
            avoided.put(move.transfer().from(), now.plus(NO_RETURN));
            tenures.computeIfPresent(move.transfer().shard(), (shard, tenure) -> tenure.tried(now));
        } else if (!within(BETWEEN_MOVES, memory.movedAt(), now)) {
            List<String> quick = new ArrayList<>(servers);
            quick.removeAll(avoided.keySet());
            move = LeaderBalance.next(movable(terms, tenures, now), quick)
                    .map(transfer -> new Move(transfer, "for balance"))
                    .orElse(null);
            if (move != null) {
                tenures.computeIfPresent(move.transfer().shard(), (shard, tenure) -> tenure.taken(now));
            }
        }
        LeaderMemory after =
                new LeaderMemory(model, tenures, avoided, busy, move == null ? memory.movedAt() : now, now);
        boolean watches =
                tenures.values().stream().anyMatch(tenure -> !tenure.quicker().isEmpty());
        return new Decision(after, move, LeaderChoice.ranks(model, terms, now), watches);
    }

    /** What is known of each shard's leader now; of a shard whose leader does not answer, what was known before. */
    private static Map<String, Tenure> tenures(
            LeaderMemory memory, DelayModel model, List<Term> terms, Set<String> busy, Instant now) {
        // Who did not compare for long does not know whether anything lasted.
        boolean interrupted = !within(PATIENCE, memory.decidedAt(), now);
        Map<String, Tenure> tenures = new TreeMap<>(memory.tenures());
        for (Term term : terms) {
            Led led = term.led();
            Tenure before = tenures.getOrDefault(led.shard(), Tenure.NONE);
            Tenure tenure = before.ledBy(led.leader(), since(before, term, now));
            Map<String, Instant> known = interrupted ? Map.of() : tenure.quicker();
            Map<String, Instant> quicker = new HashMap<>();
            for (String server : LeaderChoice.quicker(model, term, known.keySet(), now)) {
                if (!busy.contains(server)) {
                    quicker.put(server, known.getOrDefault(server, now));
                }
            }
            tenures.put(led.shard(), tenure.quicker(quicker));
        }
        return tenures;
    }

    private static Instant since(Tenure before, Term term, Instant now) {
        if (term.ledFor().isPositive()) {
            return now.minus(term.ledFor());
        }
        boolean another =
                !before.leader().isEmpty() && !before.leader().equals(term.led().leader());
        return another ? now : before.since();
    }

    private static Map<String, Instant> busy(LeaderMemory memory, List<Term> terms, Instant now) {
        Map<String, Instant> busy = new TreeMap<>(memory.busy());
        busy.values().removeIf(at -> !within(CALM, at, now));
        LeaderChoice.busy(terms).forEach(server -> busy.put(server, now));
        return busy;
    }

    private static Map<String, Instant> avoided(LeaderMemory memory, Set<String> slow, Instant now) {
        Map<String, Instant> avoided = new TreeMap<>(memory.avoided());
        avoided.values().removeIf(until -> !until.isAfter(now));
        // Who is slow now and then is slow: a leadership would have to leave it again.
        slow.forEach(server ->
                avoided.merge(server, now.plus(MINIMUM_TERM), (one, other) -> one.isAfter(other) ? one : other));
        return avoided;
    }

    private static Optional<Move> forSpeed(
            DelayModel model, List<Term> terms, Map<String, Tenure> tenures, Instant now) {
        Map<String, Integer> leads = new HashMap<>();
        terms.forEach(term -> leads.merge(term.led().leader(), 1, Integer::sum));
        for (Term term : terms) {
            Led led = term.led();
            Tenure tenure = Objects.requireNonNull(tenures.get(led.shard()));
            if (!mayMove(tenure, now)) {
                continue;
            }
            // The reconcile in which it moves asks for the whole gain again.
            Set<String> candidates = new TreeSet<>(LeaderChoice.quicker(model, term, Set.of(), now));
            candidates.removeIf(server ->
                    within(PATIENCE, tenure.quicker().getOrDefault(server, now), now) || wasTaken(tenure, server, now));
            Optional<Move> move = LeaderChoice.best(model, term, candidates, leads, now)
                    .map(choice -> new Move(
                            new Transfer(
                                    led.shard(),
                                    led.leader(),
                                    choice.getKey(),
                                    Objects.requireNonNull(led.followers().get(choice.getKey()))),
                            choice.getValue()));
            if (move.isPresent()) {
                return move;
            }
        }
        return Optional.empty();
    }

    /** Whether balance took the leadership from the server a short while ago. */
    private static boolean wasTaken(Tenure tenure, String server, Instant now) {
        return server.equals(tenure.takenFrom()) && within(NO_RETURN, tenure.takenAt(), now);
    }

    private static boolean mayMove(Tenure tenure, Instant now) {
        return !within(MINIMUM_TERM, tenure.since(), now) && !within(BETWEEN_MOVES, tenure.triedAt(), now);
    }

    /** The shards for balance: those that may not move yet count, and stay. */
    private static List<Led> movable(List<Term> terms, Map<String, Tenure> tenures, Instant now) {
        return terms.stream()
                .map(Term::led)
                .map(led -> new Led(
                        led.shard(),
                        led.leader(),
                        led.followers(),
                        led.fixed() || !mayMove(Objects.requireNonNull(tenures.get(led.shard())), now)))
                .toList();
    }

    /** Whether less than a duration has passed. */
    private static boolean within(Duration duration, Instant since, Instant now) {
        return !since.equals(Instant.MIN) && since.plus(duration).isAfter(now);
    }
}
