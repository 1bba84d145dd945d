package io.shardeddb.simulator.run;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * Where the command speaks to, and its clock.
 *
 * @param out for the answer
 * @param err for progress and complaints
 * @param inPlace whether a line of {@code err} can be drawn again
 * @param nanoTime a monotonic clock in nanoseconds
 */
record Terminal(PrintStream out, PrintStream err, boolean inPlace, LongSupplier nanoTime) {}
