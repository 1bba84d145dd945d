package io.shardeddb.server.store.apply;

import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.server.store.CommittedEntry;
import java.util.ArrayList;
import java.util.List;

/** Cuts committed entries into transactions: as few as their kinds and a bounded size allow. */
public final class EntrySlices {

    /** Entries of one transaction, at most. */
    public static final int MAX_ENTRIES = 1_024;

    /** Bytes of the commands of one transaction, roughly. */
    public static final long MAX_BYTES = 8L << 20;

    /** Operations of one transaction, roughly: each of them is an object or more in memory. */
    public static final int MAX_OPERATIONS = 20_000;

    private EntrySlices() {}

    /** Operations of an entry. */
    static int operations(CommittedEntry entry) {
        LoggedCommand command = entry.command();
        return command == null
                ? 0
                : LoggedWrites.of(command).requests().stream()
                        .mapToInt(LoggedRequest::getOperationsCount)
                        .sum();
    }

    /** Slices in order. A schema definition is alone; a checksum mark is the last of its slice. */
    public static List<List<CommittedEntry>> of(List<CommittedEntry> entries) {
        List<List<CommittedEntry>> slices = new ArrayList<>();
        List<CommittedEntry> slice = new ArrayList<>();
        long bytes = 0;
        long operations = 0;
        for (CommittedEntry entry : entries) {
            LoggedCommand command = entry.command();
            boolean alone = command != null && command.hasDefineSchema();
            if (alone || slice.size() == MAX_ENTRIES || bytes > MAX_BYTES || operations > MAX_OPERATIONS) {
                add(slices, slice);
                slice = new ArrayList<>();
                bytes = 0;
                operations = 0;
            }
            slice.add(entry);
            bytes += entry.size();
            operations += operations(entry);
            if (alone || (command != null && command.hasChecksum())) {
                add(slices, slice);
                slice = new ArrayList<>();
                bytes = 0;
                operations = 0;
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
