package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemoryLog;
import io.shardeddb.consensus.SnapshotMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The modelled log of one member. Records that are not forced survive the end of the process but not a loss of power,
 * and then in any order. Each record says how many before it were known to be durable when it was written.
 */
final class SimDisk {
    private static final class Written {
        final @Nullable HardState hardState;
        final @Nullable SnapshotMarker marker;
        final boolean keepsTail;
        final long truncateFrom;
        final List<LogEntry> entries;
        final int claimsDurable;
        boolean bad;
        /** A force failed: the cache still shows it, but no later force will bring it to the disk. */
        boolean dropped;

        Written(Effects effects, int claimsDurable) {
            hardState = effects.hardState();
            marker = effects.marker();
            keepsTail = effects.markerKeepsTail();
            truncateFrom = effects.truncateFrom();
            entries = effects.entries();
            this.claimsDurable = claimsDurable;
        }

        Written(SnapshotMarker purgedTo, int claimsDurable) {
            hardState = null;
            marker = purgedTo;
            keepsTail = true;
            truncateFrom = 0;
            entries = List.of();
            this.claimsDurable = claimsDurable;
        }
    }

    /** What a volume contains. */
    static final class Contents {
        HardState hardState = HardState.INITIAL;
        MemoryLog log;

        Contents(SnapshotMarker origin) {
            log = new MemoryLog(origin);
        }
    }

    private final Variant variant;
    private final SnapshotMarker origin;
    private final List<Written> records = new ArrayList<>();
    private int synced;
    private Contents durable;

    SimDisk(Variant variant, SnapshotMarker origin) {
        this.variant = variant;
        this.origin = origin;
        durable = new Contents(origin);
    }

    /** What would be left after a loss of power now, at the least. */
    Contents durable() {
        return durable;
    }

    int written() {
        return records.size();
    }

    void write(Effects effects) {
        records.add(new Written(effects, synced));
    }

    void writePurge(SnapshotMarker marker) {
        records.add(new Written(marker, synced));
    }

    /** The force of the first so many records has really happened. */
    void forced(int count) {
        while (synced < count && !records.get(synced).dropped) {
            Written record = records.get(synced++);
            replay(durable, record);
        }
    }

    /** A force of the first so many records has failed. */
    void forceFailed(int count) {
        for (int i = synced; i < count; i++) {
            records.get(i).dropped = true;
        }
    }

    /** Power is lost: each record that was not forced is there or not, for itself. */
    void losePower(RandomGenerator random) {
        for (int i = synced; i < records.size(); i++) {
            if (random.nextInt(3) > 0) {
                records.get(i).bad = true;
            }
        }
    }

    /** A forced record, after which another one was written in the knowledge of it, rots. Returns whether one could. */
    boolean rot(RandomGenerator random) {
        int known = records.isEmpty() ? 0 : records.getLast().claimsDurable;
        if (known == 0) {
            return false;
        }
        records.get(random.nextInt(known)).bad = true;
        return true;
    }

    /** The volume is put back to an earlier time. */
    void rollBack(int lostRecords) {
        int left = Math.max(0, records.size() - lostRecords);
        records.subList(left, records.size()).clear();
        synced = records.size();
        rebuildDurable();
    }

    /** Reads the log at a start. Returns {@code null} if it is damaged, which is no tear. */
    @Nullable
    Contents recover() {
        int end = 0;
        while (end < records.size() && !records.get(end).bad) {
            end++;
        }
        for (int i = end; i < records.size(); i++) {
            boolean knewMore = !records.get(i).bad && records.get(i).claimsDurable > end;
            if (knewMore && variant != Variant.TRUNCATE_AT_FIRST_BAD_RECORD) {
                return null;
            }
        }
        records.subList(end, records.size()).clear();
        synced = Math.min(synced, end);
        if (variant == Variant.RECOVERY_WITHOUT_FORCE) {
            rebuildDurable();
        } else {
            // The uncertain tail is written again and forced before anything is promised.
            for (Written record : records) {
                record.dropped = false;
            }
            synced = end;
            rebuildDurable();
        }
        Contents contents = new Contents(origin);
        if (variant == Variant.LAST_INDEX_BY_MAXIMUM) {
            replayByMaximum(contents);
        } else {
            for (Written record : records) {
                replay(contents, record);
            }
        }
        return contents;
    }

    private void rebuildDurable() {
        durable = new Contents(origin);
        for (int i = 0; i < synced; i++) {
            replay(durable, records.get(i));
        }
    }

    private static void replay(Contents contents, Written record) {
        HardState hardState = record.hardState;
        if (hardState != null) {
            contents.hardState = hardState;
        }
        SnapshotMarker marker = record.marker;
        if (marker != null) {
            if (record.keepsTail) {
                contents.log.purge(marker);
            } else {
                contents.log = new MemoryLog(marker);
            }
        }
        if (record.truncateFrom > 0) {
            contents.log.truncateFrom(record.truncateFrom);
        }
        for (LogEntry entry : record.entries) {
            contents.log.append(entry);
        }
    }

    /** The wrong way: the newest entry seen at each index, up to the greatest index. */
    private void replayByMaximum(Contents contents) {
        TreeMap<Long, LogEntry> byIndex = new TreeMap<>();
        SnapshotMarker marker = origin;
        for (Written record : records) {
            contents.hardState = record.hardState != null ? record.hardState : contents.hardState;
            if (record.marker != null) {
                marker = record.marker;
                if (!record.keepsTail) {
                    byIndex.clear();
                }
            }
            for (LogEntry entry : record.entries) {
                byIndex.put(entry.index(), entry);
            }
        }
        contents.log = new MemoryLog(marker);
        for (LogEntry entry : byIndex.tailMap(marker.index(), false).values()) {
            contents.log.append(entry);
        }
    }
}
