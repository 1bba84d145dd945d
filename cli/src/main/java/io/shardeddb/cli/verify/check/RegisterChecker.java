package io.shardeddb.cli.verify.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the requests of each row can be explained by one order, in which each happens between its sending and its
 * answer. All states that a row may be in are kept while time passes, each with the open requests that have happened by
 * then. So its time grows as the requests do. Source: G. Lowe, "Testing for linearizability", 2017.
 *
 * <p>It reports nothing that is in order. A row with more open requests than can be followed is not judged.
 */
public final class RegisterChecker {

    private static final int MOST_OPEN = 60;
    private static final int MOST_STATES = 200_000;
    private static final int LINES = 14;
    private static final int NEVER = -1;

    /**
     * A request.
     *
     * @param value that it writes, or read
     */
    private record Request(boolean writes, @Nullable Long value, Span span, Supplier<String> text) {
        /** Whether it is not known to have happened. */
        boolean isUnknown() {
            return span.end() == Long.MAX_VALUE;
        }
    }

    /** A moment at which a request begins or ends. */
    private record Moment(long nanos, boolean ends, Request request) {}

    /**
     * What may be so.
     *
     * @param value of the row
     * @param happened open requests that have happened, a bit for each
     */
    private record State(@Nullable Long value, long happened) {}

    private RegisterChecker() {}

    /** What is wrong, one for each row at most. */
    public static List<Anomaly> check(List<RegisterWrite> writes, List<RegisterRead> reads) {
        Set<Long> seen = new HashSet<>();
        long since = Long.MAX_VALUE;
        Map<Long, List<Request>> rows = new TreeMap<>();
        for (RegisterRead read : reads) {
            since = Math.min(since, read.span().begin());
            if (read.value() != null) {
                seen.add(read.value());
            }
        }
        for (RegisterWrite write : writes) {
            since = Math.min(since, write.span().begin());
        }
        long first = since;
        for (RegisterRead read : reads) {
            rows.computeIfAbsent(read.key(), key -> new ArrayList<>())
                    .add(new Request(false, read.value(), read.span(), () -> read.text(first)));
        }
        for (RegisterWrite write : writes) {
            Long value = write.value();
            // Of a value that nobody has read it makes no difference whether it was there for a moment.
            boolean matters = write.outcome() == Outcome.DONE || value == null || seen.contains(value);
            if (write.outcome() != Outcome.REFUSED && matters) {
                rows.computeIfAbsent(write.key(), key -> new ArrayList<>())
                        .add(new Request(true, value, write.span(), () -> write.text(first)));
            }
        }
        List<Anomaly> anomalies = new ArrayList<>();
        rows.forEach((key, requests) -> {
            Anomaly found = new Row(requests).anomaly();
            if (found != null) {
                anomalies.add(found);
            }
        });
        return anomalies;
    }

    /**
     * One row's requests, gone through in time.
     *
     * <p>A write of unknown outcome need never happen. If it has, it may as well have happened right before the first
     * read that saw it: between the two is no other write. So it is tried there alone, and costs nothing elsewhere,
     * however many there are.
     */
    private static final class Row {
        private final List<Request> requests;
        /** Those that will be answered. */
        private final IdentityHashMap<Request, Integer> open = new IdentityHashMap<>();
        /** What writes of unknown outcome may still bring; each value is used once. */
        private final Set<Long> unknownValues = new HashSet<>();
        /** So many removals of unknown outcome have begun. */
        private int unknownRemovals;
        /** Each with the fewest removals of unknown outcome that have happened. */
        private Map<State, Integer> states = new LinkedHashMap<>();

        Row(List<Request> requests) {
            this.requests = requests;
            states.put(new State(null, 0), 0);
        }

        @Nullable
        Anomaly anomaly() {
            List<Moment> moments = new ArrayList<>();
            for (Request request : requests) {
                moments.add(new Moment(request.span().begin(), false, request));
                if (!request.isUnknown()) {
                    moments.add(new Moment(request.span().end(), true, request));
                }
            }
            // What begins and ends at one moment may have happened at once.
            moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(Moment::ends));
            for (Moment moment : moments) {
                Request request = moment.request();
                if (moment.ends()) {
                    if (!answered(request)) {
                        return states.isEmpty() ? shown(moment) : null;
                    }
                } else if (!request.isUnknown()) {
                    if (open.size() == MOST_OPEN) {
                        return null;
                    }
                    open.put(request, freePlace());
                } else if (request.value() == null) {
                    unknownRemovals++;
                } else {
                    unknownValues.add(request.value());
                }
            }
            return null;
        }

        private int freePlace() {
            Set<Integer> taken = new HashSet<>(open.values());
            int place = 0;
            while (taken.contains(place)) {
                place++;
            }
            return place;
        }

        /** Keeps what may be so when a request has happened by now; false when nothing may, or too much. */
        private boolean answered(Request answered) {
            long bit = 1L << Objects.requireNonNull(open.get(answered));
            Map<State, Integer> next = new LinkedHashMap<>();
            Map<State, Integer> known = new HashMap<>(states);
            List<State> work = new ArrayList<>(states.keySet());
            while (!work.isEmpty()) {
                State state = work.removeLast();
                int removals = Objects.requireNonNull(known.get(state));
                if ((state.happened() & bit) != 0) {
                    next.merge(new State(state.value(), state.happened() & ~bit), removals, Math::min);
                    continue;
                }
                open.forEach((request, place) -> {
                    int after = removalsAfter(state, removals, request, 1L << place);
                    if (after != NEVER) {
                        State reached = new State(request.value(), state.happened() | (1L << place));
                        Integer before = known.get(reached);
                        if (before == null || after < before) {
                            known.put(reached, after);
                            work.add(reached);
                        }
                    }
                });
                if (known.size() > MOST_STATES) {
                    return false;
                }
            }
            open.remove(answered);
            if (!answered.writes() && answered.value() != null) {
                // Every state that is left has seen it.
                unknownValues.remove(answered.value());
            }
            states = next;
            return !states.isEmpty();
        }

        /** How many unknown removals have happened when a request has too; {@link #NEVER}: it cannot. */
        private int removalsAfter(State state, int removals, Request request, long bit) {
            if ((state.happened() & bit) != 0) {
                return NEVER;
            }
            if (request.writes() || Objects.equals(state.value(), request.value())) {
                return removals;
            }
            Long read = request.value();
            if (read == null) {
                return removals < unknownRemovals ? removals + 1 : NEVER;
            }
            return unknownValues.contains(read) && !hasBeenRead(state, read) ? removals : NEVER;
        }

        private boolean hasBeenRead(State state, long value) {
            return open.entrySet().stream()
                    .anyMatch(each -> (state.happened() & (1L << each.getValue())) != 0
                            && !each.getKey().writes()
                            && Objects.equals(each.getKey().value(), value));
        }

        /** The requests before the one that nothing explains, and that one. */
        private Anomaly shown(Moment moment) {
            List<Request> before = requests.stream()
                    .filter(request -> request.span().begin() <= moment.nanos())
                    .sorted(Comparator.comparingLong(request -> request.span().begin()))
                    .toList();
            List<String> history = new ArrayList<>();
            before.subList(Math.max(0, before.size() - LINES), before.size())
                    .forEach(request -> history.add(request.text().get()));
            history.add("nothing explains: " + moment.request().text().get());
            return new Anomaly(
                    "the requests of a row have happened in one order, each while it was under way", history);
        }
    }
}
