package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.List;

/** A log without a disk, for tests and simulators: a list above a marker, changed by what replicas drain. */
public final class MemoryLog implements LogView {
    private final List<LogEntry> entries = new ArrayList<>();
    private SnapshotMarker marker;

    /** An empty log above the marker. */
    public MemoryLog(SnapshotMarker marker) {
        this.marker = marker;
    }

    /** Where it begins. */
    public SnapshotMarker marker() {
        return marker;
    }

    /** All entries. */
    public List<LogEntry> all() {
        return entries;
    }

    /** What a drained batch changes. */
    public void take(Effects effects) {
        SnapshotMarker moved = effects.marker();
        if (moved != null) {
            if (effects.markerKeepsTail()) {
                purge(moved);
            } else {
                entries.clear();
                marker = moved;
            }
        }
        if (effects.truncateFrom() > 0) {
            truncateFrom(effects.truncateFrom());
        }
        for (LogEntry entry : effects.entries()) {
            append(entry);
        }
    }

    /** Removes what the marker contains. */
    public void purge(SnapshotMarker moved) {
        int count = (int) Math.min(entries.size(), moved.index() - marker.index());
        entries.subList(0, count).clear();
        marker = moved;
    }

    /** Appends one entry, which must follow the last. */
    public void append(LogEntry entry) {
        if (entry.index() != lastIndex() + 1) {
            throw new IllegalStateException("entry " + entry.index() + " after " + lastIndex());
        }
        entries.add(entry);
    }

    /** Removes an entry and all after it. */
    public void truncateFrom(long index) {
        entries.subList((int) (index - firstIndex()), entries.size()).clear();
    }

    /** The entry at an index. */
    public LogEntry get(long index) {
        return entries.get((int) (index - firstIndex()));
    }

    @Override
    public long firstIndex() {
        return marker.index() + 1;
    }

    @Override
    public long lastIndex() {
        return marker.index() + entries.size();
    }

    @Override
    public long term(long index) {
        if (index < marker.index() || index > lastIndex()) {
            throw new IllegalArgumentException(
                    "term of " + index + " in a log of " + firstIndex() + " to " + lastIndex());
        }
        return index == marker.index() ? marker.term() : get(index).term();
    }

    @Override
    public List<LogEntry> entries(long from, long to, long maxBytes) {
        int begin = (int) (from - firstIndex());
        int end = begin;
        long bytes = 0;
        while (end <= to - firstIndex()) {
            bytes += entries.get(end).sizeInBytes();
            if (end > begin && bytes > maxBytes) {
                break;
            }
            end++;
        }
        return List.copyOf(entries.subList(begin, end));
    }
}
