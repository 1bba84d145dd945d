package io.shardeddb.cli.verify.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
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
 * then. Source: G. Lowe, "Testing for linearizability", 2017.
 *
 * <p>It reports nothing that is in order. A row with more open requests than can be followed is not judged.
 */
public final class RegisterChecker {

    private static final int MOST_OPEN = 60;
    private static final int MOST_STATES = 200_000;
    private static final int LINES = 14;

    /**
     * A request.
     *
     * @param value that it writes, or read
     */
    private record Request(boolean writes, @Nullable Long value, Span span, Supplier<String> text) {}

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

    /** One row's requests, gone through in time. */
    private static final class Row {
        private final List<Request> requests;
        private final IdentityHashMap<Request, Integer> open = new IdentityHashMap<>();
        private Set<State> states = new LinkedHashSet<>();

        Row(List<Request> requests) {
            this.requests = requests;
            states.add(new State(null, 0));
        }

        @Nullable
        Anomaly anomaly() {
            List<Moment> moments = new ArrayList<>();
            for (Request request : requests) {
                moments.add(new Moment(request.span().begin(), false, request));
                if (request.span().end() != Long.MAX_VALUE) {
                    moments.add(new Moment(request.span().end(), true, request));
                }
            }
            // What begins and ends at one moment may have happened at once.
            moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(Moment::ends));
            for (Moment moment : moments) {
                if (!moment.ends()) {
                    if (open.size() == MOST_OPEN) {
                        return null;
                    }
                    open.put(moment.request(), freePlace());
                } else if (!answered(moment.request())) {
                    return states.isEmpty() ? shown(moment) : null;
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
            Set<State> next = new LinkedHashSet<>();
            Set<State> known = new HashSet<>(states);
            List<State> work = new ArrayList<>(states);
            while (!work.isEmpty()) {
                State state = work.removeLast();
                if ((state.happened() & bit) != 0) {
                    next.add(new State(state.value(), state.happened() & ~bit));
                    continue;
                }
                open.forEach((request, place) -> {
                    State after = after(state, request, 1L << place);
                    if (after != null && known.add(after)) {
                        work.add(after);
                    }
                });
                if (known.size() > MOST_STATES) {
                    return false;
                }
            }
            open.remove(answered);
            states = next;
            return !states.isEmpty();
        }

        private static @Nullable State after(State state, Request request, long bit) {
            if ((state.happened() & bit) != 0) {
                return null;
            }
            if (!request.writes() && !Objects.equals(state.value(), request.value())) {
                return null;
            }
            return new State(request.writes() ? request.value() : state.value(), state.happened() | bit);
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
