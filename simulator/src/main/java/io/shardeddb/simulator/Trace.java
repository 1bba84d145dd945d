package io.shardeddb.simulator;

/** Hears what happens in a run, line by line, in order. */
@FunctionalInterface
public interface Trace {
    /** Nobody listens. */
    Trace NONE = new Trace() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public void line(String line) {
            // Nobody listens.
        }
    };

    /** Whether somebody listens. If nobody does, code with much to tell need not put it into words. */
    default boolean isOn() {
        return true;
    }

    /** Tells one line, without its end. The first word should be the modelled time. */
    void line(String line);
}
