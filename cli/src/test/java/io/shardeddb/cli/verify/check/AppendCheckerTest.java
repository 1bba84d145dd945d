package io.shardeddb.cli.verify.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AppendCheckerTest {

    private static final long NEVER = Long.MAX_VALUE;

    private static Append append(long begin, long end, Outcome outcome, long... keysAndNumbers) {
        Map<Long, Long> elements = new LinkedHashMap<>();
        for (int i = 0; i < keysAndNumbers.length; i += 2) {
            elements.put(keysAndNumbers[i], keysAndNumbers[i + 1]);
        }
        return new Append(1, new Span(begin, end), outcome, elements);
    }

    private static ListRead read(long begin, long end, long key, Long... elements) {
        return new ListRead(2, new Span(begin, end), key, List.of(elements));
    }

    private static List<String> rules(List<Append> appends, ListRead... reads) {
        return AppendChecker.check(appends, List.of(reads)).stream()
                .map(Anomaly::rule)
                .toList();
    }

    @Test
    void aHistoryInOrderHasNoAnomaly() {
        List<Append> appends = List.of(
                append(0, 10, Outcome.DONE, 1, 100, 2, 101),
                append(5, 15, Outcome.DONE, 1, 102),
                append(20, NEVER, Outcome.UNKNOWN, 2, 103),
                append(30, 31, Outcome.REFUSED, 1, 104));
        assertThat(rules(appends, read(3, 8, 1), read(16, 18, 1, 100L, 102L), read(40, 41, 2, 101L, 103L)))
                .isEmpty();
        assertThat(rules(appends, read(16, 18, 1, 102L, 100L), read(40, 41, 2, 101L)))
                .isEmpty();
    }

    @Test
    void findsWhatEachListShowsByItself() {
        List<Append> one = List.of(append(0, 10, Outcome.DONE, 1, 100), append(0, 10, Outcome.REFUSED, 1, 101));
        assertThat(rules(one, read(20, 21, 1, 100L, 7L))).containsExactly("only what was appended is in a list");
        assertThat(rules(one, read(20, 21, 1, 100L, 101L))).containsExactly("what was refused has not happened");
        assertThat(rules(one, read(20, 21, 1, 100L, 100L))).containsExactly("what is sent once happens once");
        List<Append> two = List.of(append(0, 10, Outcome.DONE, 1, 100), append(0, 10, Outcome.DONE, 1, 101));
        assertThat(rules(two, read(5, 6, 1, 101L), read(20, 21, 1, 100L, 101L))).containsExactly("a list only grows");
    }

    private static Append transaction(long begin, long end, long reads, List<Long> seen, long writes, long number) {
        return new Append(3, new Span(begin, end), Outcome.DONE, Map.of(writes, number), Map.of(reads, seen));
    }

    @Test
    void findsTransactionsThatMissEachOther() {
        Append one = transaction(0, 10, 1, List.of(), 2, 200);
        Append other = transaction(1, 11, 2, List.of(), 1, 100);
        assertThat(rules(List.of(one, other), read(20, 21, 1, 100L), read(20, 21, 2, 200L)))
                .containsExactly("all requests can stand in one order");
        Append later = transaction(1, 11, 2, List.of(200L), 1, 100);
        assertThat(rules(List.of(one, later), read(20, 21, 1, 100L), read(20, 21, 2, 200L)))
                .isEmpty();
    }

    @Test
    void findsASnapshotOfTwoMoments() {
        List<Append> appends = List.of(
                append(0, 10, Outcome.DONE, 1, 100, 2, 200),
                Append.snapshot(4, new Span(2, 8), Map.of(1L, List.of(100L), 2L, List.of())));
        assertThat(rules(appends, read(20, 21, 1, 100L), read(20, 21, 2, 200L)))
                .containsExactly("all requests can stand in one order");
        Append stale = Append.snapshot(4, new Span(12, 13), Map.of(1L, List.of()));
        assertThat(rules(List.of(appends.getFirst(), stale), read(20, 21, 1, 100L), read(20, 21, 2, 200L)))
                .containsExactly("all requests can stand in one order");
        Append foreign = Append.snapshot(4, new Span(2, 8), Map.of(1L, List.of(7L)));
        assertThat(rules(List.of(appends.getFirst(), foreign), read(20, 21, 1, 100L), read(20, 21, 2, 200L)))
                .containsExactly("a list only grows");
    }

    @Test
    void findsWhatIsLost() {
        List<Append> done = List.of(append(0, 10, Outcome.DONE, 1, 100));
        assertThat(rules(done, read(5, 20, 1))).isEmpty();
        assertThat(rules(done, read(11, 20, 1))).containsExactly("what happened is there, as a whole");
        List<Append> half = List.of(append(0, NEVER, Outcome.UNKNOWN, 1, 100, 2, 101));
        assertThat(rules(half, read(20, 21, 1), read(22, 23, 2))).isEmpty();
        assertThat(rules(half, read(20, 21, 1, 100L), read(22, 23, 2)))
                .containsExactly("what happened is there, as a whole");
        assertThat(rules(half, read(20, 24, 1, 100L), read(22, 23, 2))).isEmpty();
    }

    @Test
    void findsCircles() {
        List<Append> crossed =
                List.of(append(0, 10, Outcome.DONE, 1, 100, 2, 101), append(0, 10, Outcome.DONE, 1, 102, 2, 103));
        assertThat(AppendChecker.check(crossed, List.of(read(20, 21, 1, 100L, 102L), read(20, 21, 2, 103L, 101L))))
                .singleElement()
                .satisfies(anomaly -> assertThat(anomaly.history())
                        .hasSize(5)
                        .anyMatch(line -> line.contains("is before, in list 1"))
                        .anyMatch(line -> line.contains("is before, in list 2")));
        List<Append> later = List.of(append(0, 10, Outcome.DONE, 1, 100), append(20, 30, Outcome.DONE, 1, 101));
        assertThat(rules(later, read(40, 41, 1, 101L, 100L))).as("against time").hasSize(1);
        assertThat(rules(later, read(11, 12, 1), read(40, 41, 1, 100L, 101L)))
                .as("stale")
                .hasSize(1);
        assertThat(rules(later, read(22, 23, 1, 100L, 101L), read(24, 25, 1, 100L), read(40, 41, 1, 100L, 101L)))
                .as("gone again")
                .hasSize(1);
    }

    /** Writes and reads that happen at one moment each, at some time while they are under way. */
    @Test
    void findsNothingInRandomHistoriesInOrderAndMuchInChangedOnes() {
        int noticed = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Append> appends = new ArrayList<>();
            List<ListRead> reads = new ArrayList<>();
            history(random, appends, reads);
            assertThat(AppendChecker.check(appends, reads)).as("seed %d", seed).isEmpty();
            int at = random.nextInt(reads.size());
            ListRead read = reads.get(at);
            if (read.elements().size() > 1) {
                List<Long> fewer = read.elements().subList(0, read.elements().size() - 2);
                reads.set(at, new ListRead(read.client(), read.span(), read.key(), fewer));
                noticed += AppendChecker.check(appends, reads).isEmpty() ? 0 : 1;
            }
        }
        assertThat(noticed).isGreaterThan(50);
    }

    private static void history(Random random, List<Append> appends, List<ListRead> reads) {
        Map<Long, List<Long>> lists = new HashMap<>();
        long number = 1;
        for (long moment = 1_000; moment < 300_000; moment += 1 + random.nextInt(2_000)) {
            Span span = new Span(moment - random.nextInt(3_000), moment + random.nextInt(3_000));
            long key = random.nextInt(3);
            if (random.nextBoolean()) {
                reads.add(new ListRead(1, span, key, lists.getOrDefault(key, List.of())));
                continue;
            }
            Map<Long, Long> elements = new HashMap<>(Map.of(key, number++));
            elements.putIfAbsent((long) random.nextInt(3), number++);
            boolean happens = random.nextInt(5) > 0;
            Outcome outcome = random.nextInt(5) == 0 ? Outcome.UNKNOWN : happens ? Outcome.DONE : Outcome.REFUSED;
            Span known = outcome == Outcome.UNKNOWN ? new Span(span.begin(), NEVER) : span;
            appends.add(new Append(1, known, outcome, elements));
            if (happens) {
                elements.forEach((list, each) -> {
                    List<Long> longer = new ArrayList<>(lists.getOrDefault(list, List.of()));
                    longer.add(each);
                    lists.put(list, longer);
                });
            }
        }
    }

    /** About what the clients of {@code sdb verify} do in half an hour. */
    @Test
    void judgesLongHistoriesInTimeAndFindsWhatIsWrongInThem() {
        List<Append> appends = new ArrayList<>();
        List<ListRead> reads = new ArrayList<>();
        long history = longHistory(appends, reads);
        assertThat(AppendChecker.check(appends, reads)).isEmpty();

        int at = 2 * reads.size() / 3;
        ListRead read = reads.get(at);
        assertThat(read.elements().size()).isGreaterThan(1);
        reads.set(at, new ListRead(read.client(), new Span(history, history + 1), read.key(), read.elements()));
        assertThat(AppendChecker.check(appends, reads)).as("stale").isNotEmpty();
        reads.set(at, read);

        Append two = appends.stream()
                .filter(append ->
                        append.outcome() == Outcome.DONE && append.seen().size() > 1)
                .toList()
                .get(5_000);
        Map<Long, List<Long>> torn = new HashMap<>(two.seen());
        torn.put(torn.keySet().iterator().next(), List.of());
        appends.set(appends.indexOf(two), new Append(two.client(), two.span(), two.outcome(), two.elements(), torn));
        assertThat(AppendChecker.check(appends, reads))
                .as("of two moments")
                .extracting(Anomaly::rule)
                .containsExactly("all requests can stand in one order");
    }

    /** Returns a moment after it. */
    private static long longHistory(List<Append> appends, List<ListRead> reads) {
        Random random = new Random(1);
        Map<Long, List<Long>> lists = new HashMap<>();
        long number = 1;
        long moment = 0;
        for (int i = 0; i < 150_000; i++) {
            moment += 3_000 + random.nextInt(3_000);
            Span span = new Span(moment - random.nextInt(8_000), moment + random.nextInt(8_000));
            long first = number / 120 / 6 * 6;
            int kind = random.nextInt(6);
            if (kind < 2) {
                long key = first + random.nextInt(6);
                reads.add(new ListRead(1, span, key, lists.getOrDefault(key, List.of())));
                continue;
            }
            Map<Long, List<Long>> seen = new HashMap<>();
            for (int more = kind < 4 ? random.nextInt(4) : 0; more > 0; more--) {
                long key = first + random.nextInt(6);
                seen.put(key, List.copyOf(lists.getOrDefault(key, List.of())));
            }
            Map<Long, Long> elements = new HashMap<>();
            for (int more = 1 + random.nextInt(3); more > 0; more--) {
                elements.putIfAbsent(first + random.nextInt(6), number++);
            }
            boolean unknown = random.nextInt(100) == 0;
            boolean happens = random.nextInt(20) > 0;
            appends.add(new Append(
                    1,
                    unknown ? new Span(span.begin(), NEVER) : span,
                    unknown ? Outcome.UNKNOWN : happens ? Outcome.DONE : Outcome.REFUSED,
                    elements,
                    seen));
            if (happens) {
                elements.forEach((key, each) ->
                        lists.computeIfAbsent(key, list -> new ArrayList<>()).add(each));
            }
        }
        for (Map.Entry<Long, List<Long>> list : lists.entrySet()) {
            moment += 10_000;
            reads.add(new ListRead(3, new Span(moment - 1, moment), list.getKey(), list.getValue()));
        }
        return moment + 10_000;
    }
}
