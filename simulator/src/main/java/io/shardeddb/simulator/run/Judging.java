package io.shardeddb.simulator.run;

import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Runs a simulator once; whatever it throws is a violation too. */
final class Judging {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Judging() {}

    /**
     * A run's verdict, and how long a processor worked for it in nanoseconds: what else the machine does is not
     * counted.
     */
    record Timed(Verdict verdict, long nanos) {}

    static Timed timed(Simulator simulator, Setup setup) {
        long begin = processorNanos();
        Verdict verdict = run(simulator, setup);
        return new Timed(verdict, processorNanos() - begin);
    }

    private static long processorNanos() {
        return THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    static Verdict run(Simulator simulator, Setup setup) {
        try {
            return simulator.run(setup);
        } catch (RuntimeException thrown) {
            return Verdict.Violation.thrown(thrown);
        } catch (AssertionError | StackOverflowError thrown) {
            return Verdict.Violation.thrown(new IllegalStateException(thrown.toString(), thrown));
        }
    }
}
