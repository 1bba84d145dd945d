package io.shardeddb.consensus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log as the replica sees it: the keeper's view, overlaid by the changes that have not yet been drained; and how
 * much of it is durable.
 */
final class ReplicaLog {
    /** A batch on its way to the disk, and up to where the log was when it was made. */
    private static final class Writing {
        final long number;
        long lastIndex;

        Writing(long number, long lastIndex) {
            this.number = number;
            this.lastIndex = lastIndex;
        }
    }

    private final LogView view;
    private List<LogEntry> fresh = new ArrayList<>();
    private long truncateFrom;
    private @Nullable SnapshotMarker marker;
    private boolean markerKeepsTail;

    private long lastIndex;
    private long lastTerm;
    private long durableIndex;
    private final ArrayDeque<Writing> writing = new ArrayDeque<>();

    ReplicaLog(LogView view) {
        this.view = view;
        this.lastIndex = view.lastIndex();
        this.lastTerm = view.term(lastIndex);
        this.durableIndex = lastIndex;
    }

    long firstIndex() {
        return marker != null ? marker.index() + 1 : view.firstIndex();
    }

    long lastIndex() {
        return lastIndex;
    }

    long lastTerm() {
        return lastTerm;
    }

    long durableIndex() {
        return durableIndex;
    }

    boolean contains(long index) {
        return index >= firstIndex() - 1 && index <= lastIndex;
    }

    /** The term at an index between the marker's and the last. */
    long term(long index) {
        if (index == lastIndex) {
            return lastTerm;
        }
        if (marker != null && index == marker.index()) {
            return marker.term();
        }
        if (!fresh.isEmpty() && index >= fresh.getFirst().index()) {
            return fresh.get((int) (index - fresh.getFirst().index())).term();
        }
        return view.term(index);
    }

    /** Entries from an index to the last, about as many bytes as given; empty if they are not at hand. */
    List<LogEntry> entries(long from, long maxBytes) {
        if (!fresh.isEmpty() && from >= fresh.getFirst().index()) {
            int begin = (int) (from - fresh.getFirst().index());
            int end = begin;
            long bytes = 0;
            while (end < fresh.size()) {
                bytes += fresh.get(end).sizeInBytes();
                if (end > begin && bytes > maxBytes) {
                    break;
                }
                end++;
            }
            return begin == 0 && end == fresh.size() ? List.copyOf(fresh) : List.copyOf(fresh.subList(begin, end));
        }
        long to = fresh.isEmpty() ? lastIndex : fresh.getFirst().index() - 1;
        return view.entries(from, to, maxBytes);
    }

    void append(LogEntry entry) {
        fresh.add(entry);
        lastIndex = entry.index();
        lastTerm = entry.term();
    }

    void truncateFrom(long index) {
        if (!fresh.isEmpty() && index > fresh.getFirst().index()) {
            fresh.subList((int) (index - fresh.getFirst().index()), fresh.size())
                    .clear();
        } else {
            fresh.clear();
            long viewEnd = marker != null && !markerKeepsTail ? marker.index() : view.lastIndex();
            if (index <= viewEnd) {
                truncateFrom = truncateFrom == 0 ? index : Math.min(truncateFrom, index);
            }
        }
        lastTerm = term(index - 1);
        lastIndex = index - 1;
        limitDurable(lastIndex);
    }

    /** What was on its way to the disk above this index will be undone by a later batch. */
    private void limitDurable(long index) {
        durableIndex = Math.min(durableIndex, index);
        for (Writing each : writing) {
            each.lastIndex = Math.min(each.lastIndex, index);
        }
    }

    /** The log begins at the marker from now on. */
    void install(SnapshotMarker installed, boolean keepTail) {
        marker = installed;
        markerKeepsTail = keepTail;
        if (!keepTail) {
            fresh.clear();
            truncateFrom = 0;
            lastIndex = installed.index();
            lastTerm = installed.term();
            limitDurable(0);
        }
    }

    /** Moves what has changed into the effects being collected. */
    void drainInto(Outbox outbox) {
        if (fresh.isEmpty() && truncateFrom == 0 && marker == null) {
            return;
        }
        outbox.log(marker, markerKeepsTail, truncateFrom, fresh);
        fresh = new ArrayList<>();
        truncateFrom = 0;
        marker = null;
    }

    /** The batch with this number contains the log up to its present end. */
    void writtenAs(long number) {
        if (lastIndex > durableIndex) {
            writing.add(new Writing(number, lastIndex));
        }
    }

    /** All batches up to this number are durable. */
    void persisted(long number) {
        while (!writing.isEmpty() && writing.getFirst().number <= number) {
            durableIndex = Math.max(durableIndex, writing.removeFirst().lastIndex);
        }
    }
}
