package io.shardeddb.cli.verify.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegisterCheckerTest {

    private static final long NEVER = Long.MAX_VALUE;

    private static RegisterWrite write(long begin, long end, Outcome outcome, @Nullable Long value) {
        return new RegisterWrite(1, new Span(begin, end), outcome, 7, value);
    }

    private static RegisterRead read(long begin, long end, @Nullable Long value) {
        return new RegisterRead(2, new Span(begin, end), 7, value);
    }

    private static List<Anomaly> check(List<RegisterWrite> writes, RegisterRead... reads) {
        return RegisterChecker.check(writes, List.of(reads));
    }

    @Test
    void aWriteIsSeenFromItsAnswerOn() {
        List<RegisterWrite> one = List.of(write(0, 10, Outcome.DONE, 1L));
        assertThat(check(one, read(2, 5, null), read(6, 8, 1L), read(11, 12, 1L)))
                .isEmpty();
        assertThat(check(one, read(2, 5, 1L), read(6, 8, null))).hasSize(1);
        assertThat(check(one, read(11, 12, null)))
                .singleElement()
                .satisfies(anomaly -> assertThat(anomaly.history().getLast())
                        .contains("nothing explains")
                        .contains("no row"));
        assertThat(check(one, read(11, 12, 5L))).as("nobody wrote it").hasSize(1);
    }

    @Test
    void anUnknownWriteMayHappenAtAnyTimeOrNever() {
        List<RegisterWrite> writes = List.of(write(0, 10, Outcome.DONE, 1L), write(11, NEVER, Outcome.UNKNOWN, 2L));
        assertThat(check(writes, read(20, 21, 1L), read(30, 31, 2L))).isEmpty();
        assertThat(check(writes, read(20, 21, 1L), read(30, 31, 1L))).isEmpty();
        assertThat(check(writes, read(20, 21, 2L), read(30, 31, 1L))).hasSize(1);
        List<RegisterWrite> removal = List.of(write(0, 10, Outcome.DONE, 1L), write(11, NEVER, Outcome.UNKNOWN, null));
        assertThat(check(removal, read(20, 21, null), read(30, 31, null))).isEmpty();
        assertThat(check(removal, read(20, 21, null), read(30, 31, 1L))).hasSize(1);
    }

    @Test
    void aRefusedWriteNeverHappens() {
        List<RegisterWrite> writes = List.of(write(0, 10, Outcome.DONE, 1L), write(11, 12, Outcome.REFUSED, 2L));
        assertThat(check(writes, read(20, 21, 1L))).isEmpty();
        assertThat(check(writes, read(20, 21, 2L))).hasSize(1);
    }

    @Test
    void findsNothingInRandomHistoriesInOrderAndMuchInChangedOnes() {
        int noticed = 0;
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<RegisterWrite> writes = new ArrayList<>();
            List<RegisterRead> reads = new ArrayList<>();
            history(random, writes, reads);
            assertThat(RegisterChecker.check(writes, reads)).as("seed %d", seed).isEmpty();
            int at = random.nextInt(reads.size());
            RegisterRead old = reads.get(at);
            long other = 1L + random.nextInt(writes.size());
            reads.set(at, new RegisterRead(old.client(), old.span(), old.key(), other));
            noticed += RegisterChecker.check(writes, reads).isEmpty() ? 0 : 1;
        }
        assertThat(noticed).isGreaterThan(250);
    }

    private static void history(Random random, List<RegisterWrite> writes, List<RegisterRead> reads) {
        Long present = null;
        long next = 1;
        for (long moment = 1_000; moment < 400_000; moment += 1 + random.nextInt(2_000)) {
            Span span = new Span(moment - random.nextInt(2_500), moment + random.nextInt(2_500));
            if (random.nextBoolean()) {
                reads.add(new RegisterRead(1, span, 7, present));
                continue;
            }
            Long value = random.nextInt(4) == 0 ? null : (Long) next++;
            boolean happens = random.nextInt(6) > 0;
            boolean told = random.nextInt(30) > 0;
            writes.add(new RegisterWrite(
                    1,
                    told ? span : new Span(span.begin(), NEVER),
                    told ? happens ? Outcome.DONE : Outcome.REFUSED : Outcome.UNKNOWN,
                    7,
                    value));
            present = happens ? value : present;
        }
    }

    /** A request, for trying all orders. */
    private record Step(boolean writes, @Nullable Long value, Span span) {}

    /** Whether requests can be put into one order; those of unknown outcome may be left out. */
    private static boolean hasOrder(List<Step> left, @Nullable Long value) {
        if (left.stream().allMatch(step -> step.span().end() == NEVER)) {
            return true;
        }
        for (Step step : left) {
            boolean first = left.stream()
                    .noneMatch(other -> other.span().end() < step.span().begin());
            if (first && (step.writes() || Objects.equals(step.value(), value))) {
                List<Step> rest = new ArrayList<>(left);
                rest.remove(step);
                if (hasOrder(rest, step.value())) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void agreesWithTryingAllOrders() {
        int inOrder = 0;
        for (int seed = 0; seed < 4_000; seed++) {
            Random random = new Random(seed);
            List<RegisterWrite> writes = new ArrayList<>();
            List<RegisterRead> reads = new ArrayList<>();
            List<Step> steps = new ArrayList<>();
            for (long i = 0; i < 7; i++) {
                // No two requests begin or end at one moment.
                Span span = new Span(random.nextInt(12) * 100L + i, random.nextInt(12) * 100L + 1_200 / (i + 2) + i);
                if (span.end() <= span.begin()) {
                    span = new Span(span.end(), span.begin());
                }
                boolean writing = random.nextInt(5) < 3;
                Long value = random.nextInt(3) == 0 ? null : (Long) (writing ? i : random.nextInt(7));
                if (writing) {
                    boolean told = random.nextBoolean();
                    Span known = told ? span : new Span(span.begin(), NEVER);
                    writes.add(write(known.begin(), known.end(), told ? Outcome.DONE : Outcome.UNKNOWN, value));
                    steps.add(new Step(true, value, known));
                } else {
                    reads.add(read(span.begin(), span.end(), value));
                    steps.add(new Step(false, value, span));
                }
            }
            boolean expected = hasOrder(steps, null);
            inOrder += expected ? 1 : 0;
            assertThat(RegisterChecker.check(writes, reads).isEmpty())
                    .as("seed %d: %s", seed, steps)
                    .isEqualTo(expected);
        }
        assertThat(inOrder).isBetween(400, 3_600);
    }

    /** One row, where every tenth write is of unknown outcome, removals too. */
    @Test
    void judgesLongHistoriesInTimeHoweverMuchIsUnknown() {
        Random random = new Random(1);
        List<RegisterWrite> writes = new ArrayList<>();
        List<RegisterRead> reads = new ArrayList<>();
        Long present = null;
        for (long i = 1; i < 150_000; i++) {
            Span span = new Span(i * 10 - random.nextInt(25), i * 10 + random.nextInt(25));
            if (random.nextBoolean()) {
                reads.add(new RegisterRead(1, span, i / 5_000, present));
            } else {
                Long value = random.nextInt(3) == 0 ? null : (Long) i;
                boolean told = random.nextInt(10) > 0;
                Span known = told ? span : new Span(span.begin(), NEVER);
                writes.add(new RegisterWrite(1, known, told ? Outcome.DONE : Outcome.UNKNOWN, i / 5_000, value));
                present = told || random.nextBoolean() ? value : present;
            }
            present = i % 5_000 == 4_999 ? null : present;
        }
        assertThat(RegisterChecker.check(writes, reads)).isEmpty();
        RegisterRead last = reads.getLast();
        reads.set(reads.size() - 1, new RegisterRead(1, last.span(), last.key(), 1L));
        assertThat(RegisterChecker.check(writes, reads)).hasSize(1);
    }
}
