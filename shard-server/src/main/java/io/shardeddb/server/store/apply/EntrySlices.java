package io.shardeddb.server.store.apply;

import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.server.store.CommittedEntry;
import java.util.ArrayList;
import java.util.List;

/** Cuts committed entries into transactions: as few as their kinds and a bounded size allow. */
public final class EntrySlices {

    /** Entries of one transaction, at most. */
    public static final int MAX_ENTRIES = 1_024;

    /** Bytes of the commands of one transaction, roughly. */
    public static final long MAX_BYTES = 8L << 20;

    private EntrySlices() {}

    /** Slices in order. A schema definition is alone; a checksum mark is the last of its slice. */
    public static List<List<CommittedEntry>> of(List<CommittedEntry> entries) {
        List<List<CommittedEntry>> slices = new ArrayList<>();
        List<CommittedEntry> slice = new ArrayList<>();
        long bytes = 0;
        for (CommittedEntry entry : entries) {
            LoggedCommand command = entry.command();
            boolean alone = command != null && command.hasDefineSchema();
            if (alone || slice.size() == MAX_ENTRIES || bytes > MAX_BYTES) {
                add(slices, slice);
                slice = new ArrayList<>();
                bytes = 0;
            }
            slice.add(entry);
            bytes += entry.size();
            if (alone || (command != null && command.hasChecksum())) {
                add(slices, slice);
                slice = new ArrayList<>();
                bytes = 0;
            }
        }
        add(slices, slice);
        return slices;
    }

    private static void add(List<List<CommittedEntry>> slices, List<CommittedEntry> slice) {
        if (!slice.isEmpty()) {
            slices.add(slice);
        }
    }
}
