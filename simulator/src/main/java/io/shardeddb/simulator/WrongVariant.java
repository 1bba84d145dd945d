package io.shardeddb.simulator;

/**
 * A deliberately wrong way to do it.
 *
 * @param name how it is called on the command line: capital letters, digits and underscores
 * @param pinnedSeed a seed under which it is noticed and the right way is clean; not negative. When a change of the
 *     simulator has made it harmless, others are tried
 */
public record WrongVariant(String name, long pinnedSeed) {
    /** Checks the ranges. */
    public WrongVariant {
        if (!name.matches("[A-Z][A-Z0-9_]*") || pinnedSeed < 0) {
            throw new IllegalArgumentException("variant " + name + " with the seed " + pinnedSeed
                    + "; allowed are capital letters, digits and underscores, and a seed that is not negative");
        }
    }
}
