package io.shardeddb.simulator;

import org.jspecify.annotations.Nullable;

/**
 * What one run follows from.
 *
 * @param seed where all randomness comes from; not negative
 * @param variant the name of the one wrong variant; null for the right way
 * @param faults which kinds of faults may strike
 * @param trace who hears what happens; it changes nothing about what happens
 */
public record Setup(long seed, @Nullable String variant, AllowedFaults faults, Trace trace) {
    /** The right way, under all faults, heard by nobody. */
    public static Setup of(long seed) {
        return new Setup(seed, null, AllowedFaults.ALL, Trace.NONE);
    }

    /** The same with a wrong variant; null for the right way. */
    public Setup with(@Nullable String wrong) {
        return new Setup(seed, wrong, faults, trace);
    }

    /** The same under other faults. */
    public Setup with(AllowedFaults others) {
        return new Setup(seed, variant, others, trace);
    }

    /** The same, heard by somebody. */
    public Setup with(Trace listener) {
        return new Setup(seed, variant, faults, listener);
    }
}
