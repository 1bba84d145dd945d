package io.shardeddb.bench.workload;

import java.util.Map;
import java.util.TreeMap;

/** How far numbers are acknowledged without a gap. Thread-safe. */
final class AcknowledgedPrefix {

    private final TreeMap<Long, Long> beyond = new TreeMap<>();
    private volatile long end;

    /** The numbers from {@code from} to before {@code to} are acknowledged. */
    synchronized void add(long from, long to) {
        beyond.put(from, to);
        long reached = end;
        for (Map.Entry<Long, Long> first = beyond.firstEntry();
                first != null && first.getKey() <= reached;
                first = beyond.firstEntry()) {
            reached = Math.max(reached, first.getValue());
            beyond.pollFirstEntry();
        }
        end = reached;
    }

    /** All numbers before this one are. */
    long end() {
        return end;
    }
}
