package io.shardeddb.consensus;

/** Remembers when the log had reached which index, at the times at which somebody noted it: the age of what a member lacks. */
final class IndexTimes {
    private static final int SIZE = 128;

    private final long[] indexes = new long[SIZE];
    private final long[] times = new long[SIZE];
    private int begin;
    private int count;

    /** Notes that the log ends at an index now; the same index again says nothing new. */
    void note(long index, long now) {
        if (count > 0 && indexes[(begin + count - 1) % SIZE] == index) {
            return;
        }
        if (count == SIZE) {
            begin = (begin + 1) % SIZE;
            count--;
        }
        indexes[(begin + count) % SIZE] = index;
        times[(begin + count) % SIZE] = now;
        count++;
    }

    /** How long ago the log was noted to hold something behind an index; 0 when it never was. */
    long ageBehind(long index, long now) {
        for (int i = 0; i < count; i++) {
            int at = (begin + i) % SIZE;
            if (indexes[at] > index) {
                return now - times[at];
            }
        }
        return 0;
    }
}
