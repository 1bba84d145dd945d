package io.shardeddb.operator.world;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Counts what operators do to the world (each write to the API, each call of a server that changes something), and lets
 * one die after its k-th step: the step is done, and neither its answer nor anything later reaches or leaves that
 * operator.
 */
public final class Gate {

    private final List<String> steps = new ArrayList<>();
    private int left = Integer.MAX_VALUE;
    private boolean dead;
    private Consumer<String> watcher = step -> {};

    /** A new operator begins to live, for so many steps. */
    public synchronized void live(int stepsToLive) {
        left = stepsToLive;
        dead = false;
    }

    /** Told of each step. */
    public synchronized void watch(Consumer<String> told) {
        watcher = told;
    }

    /** Whether the operator is dead. */
    public synchronized boolean dead() {
        return dead;
    }

    /** A step was done. */
    synchronized void stepped(String step) {
        steps.add(step);
        watcher.accept(step);
        left--;
        if (left <= 0) {
            dead = true;
        }
    }

    /** All steps so far. */
    public synchronized List<String> steps() {
        return List.copyOf(steps);
    }
}
