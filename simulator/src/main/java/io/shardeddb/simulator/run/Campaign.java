package io.shardeddb.simulator.run;

import io.shardeddb.simulator.AllowedFaults;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs simulators over many seeds, in several threads. */
final class Campaign {
    /** Who breaks rules so often need not go on. */
    static final int MOST_VIOLATIONS = 100;

    /** The first so many violations are shrunk. */
    private static final int SHRUNK = 10;

    private final List<Simulator> simulators;
    private final @Nullable List<String> kinds;
    private final int threads;
    private final Terminal terminal;

    /**
     * @param kinds the kinds of faults that may strike; null for all
     * @param threads how many run at a time
     */
    Campaign(List<Simulator> simulators, @Nullable List<String> kinds, int threads, Terminal terminal) {
        this.simulators = simulators;
        this.kinds = kinds;
        this.threads = threads;
        this.terminal = terminal;
    }

    /** What ran without a wrong variant. */
    record Seeds(long seeds, long busyNanos, List<Finding> findings) {}

    /**
     * Runs seeds one after the other, each in every simulator, until the count or the time is reached.
     *
     * @param first the first seed
     * @param count how many
     * @param end when no other begins, by the terminal's clock; at least one seed is run whatever the time
     */
    Seeds seeds(long first, long count, long end) {
        Progress progress = new Progress(terminal, "seeds", count, false, end);
        AtomicLong next = new AtomicLong();
        AtomicLong done = new AtomicLong();
        AtomicLong busy = new AtomicLong();
        List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
        Workers.run(threads, () -> {
            long number = next.getAndIncrement();
            if (number >= count
                    || (number > 0 && terminal.nanoTime().getAsLong() >= end)
                    || findings.size() >= MOST_VIOLATIONS) {
                return false;
            }
            for (Simulator simulator : simulators) {
                Setup setup = setup(first + number);
                Judging.Timed timed = Judging.timed(simulator, setup);
                busy.addAndGet(timed.nanos());
                if (timed.verdict() instanceof Verdict.Violation violation) {
                    Finding finding = finding(simulator, setup, violation, findings.size() < SHRUNK);
                    findings.add(finding);
                    progress.violation(finding.text());
                }
            }
            done.incrementAndGet();
            progress.done();
            return true;
        });
        progress.end();
        List<Finding> sorted = new ArrayList<>(findings);
        sorted.sort(Comparator.comparingLong(Finding::seed).thenComparing(Finding::simulator));
        return new Seeds(done.get(), busy.get(), sorted);
    }

    /**
     * Runs wrong variants in turn: each under its pinned seed, then under others, until each was noticed often enough,
     * or the count or the time is reached. The pinned seed is run whatever the time.
     *
     * @param pinned whether the pinned seed comes first
     * @param enough after being noticed so often a variant is left alone
     * @param count how many seeds for each variant, the pinned one among them
     * @param end when no other begins, by the terminal's clock
     * @return one trial for each variant, in their order
     */
    List<Trial> variants(List<WrongVariant> variants, boolean pinned, long first, long enough, long count, long end) {
        List<Trial> trials = new ArrayList<>();
        for (Simulator simulator : simulators) {
            for (WrongVariant variant : simulator.variants()) {
                if (variants.contains(variant)) {
                    trials.add(new Trial(simulator, variant, pinned, first, enough, count));
                }
            }
        }
        if (trials.isEmpty()) {
            return trials;
        }
        long most = count > Long.MAX_VALUE / trials.size() ? Long.MAX_VALUE : count * trials.size();
        Progress progress = trials.size() == 1
                ? new Progress(terminal, "seeds", most, false, end)
                : new Progress(terminal, "seeds of wrong variants", most, true, end);
        Rounds rounds = new Rounds(trials);
        Workers.run(threads, () -> {
            Rounds.Turn turn = rounds.next(terminal.nanoTime().getAsLong() >= end);
            if (turn == null) {
                return false;
            }
            turn.trial().run(this, turn.number());
            progress.done();
            return true;
        });
        progress.end();
        return trials;
    }

    Setup setup(long seed) {
        return kinds == null ? Setup.of(seed) : Setup.of(seed).with(AllowedFaults.only(kinds));
    }

    /** A violation with the faults that it needs. */
    Finding finding(Simulator simulator, Setup setup, Verdict.Violation violation, boolean shrunk) {
        List<String> all = kinds == null ? simulator.faults() : kinds;
        List<String> left = shrunk ? Shrinking.shrink(simulator, setup, violation.rule(), all) : all;
        return new Finding(
                simulator.name(), setup.seed(), setup.variant(), violation, left.size() == all.size() ? kinds : left);
    }
}
