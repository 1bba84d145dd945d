package io.shardeddb.consensus;

import org.jspecify.annotations.Nullable;

/** A leader's own latest state marks, for comparison with those of the others. */
final class Marks {
    private static final int REMEMBERED = 16;
    private final @Nullable StateMark[] latest = new StateMark[REMEMBERED];
    private int next;

    void add(StateMark mark) {
        latest[next] = mark;
        next = (next + 1) % REMEMBERED;
    }

    /** Whether the same index is known here with another hash. */
    boolean contradict(StateMark theirs) {
        for (StateMark own : latest) {
            if (own != null && own.index() == theirs.index()) {
                return own.hash() != theirs.hash();
            }
        }
        return false;
    }
}
