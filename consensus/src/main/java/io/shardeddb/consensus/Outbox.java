package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what a replica wants done until its keeper drains it. */
final class Outbox {
    private @Nullable HardState hardState;
    private @Nullable SnapshotMarker marker;
    private boolean markerKeepsTail;
    private long truncateFrom;
    private List<LogEntry> entries = List.of();
    private List<Message> messages = new ArrayList<>();
    private List<Message> whenDurable = new ArrayList<>();
    private long applyUpTo;
    private List<Effects.ConfirmedRead> reads = new ArrayList<>();
    private List<Long> refusedReads = new ArrayList<>();
    private @Nullable SoftState softState;
    private List<Effects.CommittedConfiguration> configurations = new ArrayList<>();
    private List<Effects.CopyNeeded> copies = new ArrayList<>();
    private List<Effects.Quarantine> quarantined = new ArrayList<>();

    private long lastNumber;
    private long persistedNumber;

    /** The number that a batch drained now would get if it had something to write. */
    long nextNumber() {
        return lastNumber + 1;
    }

    boolean isDurable(long number) {
        return persistedNumber >= number;
    }

    void persisted(long number) {
        if (number > lastNumber) {
            throw new IllegalArgumentException("batch " + number + " was never drained; the last was " + lastNumber);
        }
        persistedNumber = Math.max(persistedNumber, number);
    }

    void hardState(HardState state) {
        hardState = state;
    }

    void log(@Nullable SnapshotMarker newMarker, boolean keepsTail, long truncate, List<LogEntry> appended) {
        marker = newMarker;
        markerKeepsTail = keepsTail;
        truncateFrom = truncate;
        entries = appended;
    }

    void send(Message message) {
        messages.add(message);
    }

    void sendWhenDurable(Message message) {
        whenDurable.add(message);
    }

    void applyUpTo(long index) {
        applyUpTo = index;
    }

    void confirmedRead(Effects.ConfirmedRead read) {
        reads.add(read);
    }

    void refusedRead(long id) {
        refusedReads.add(id);
    }

    void softState(SoftState state) {
        softState = state;
    }

    void committed(Effects.CommittedConfiguration configuration) {
        configurations.add(configuration);
    }

    void copyNeeded(Effects.CopyNeeded copy) {
        copies.add(copy);
    }

    void quarantine(Effects.Quarantine quarantine) {
        quarantined.add(quarantine);
    }

    boolean isEmpty() {
        return hardState == null
                && marker == null
                && truncateFrom == 0
                && entries.isEmpty()
                && messages.isEmpty()
                && whenDurable.isEmpty()
                && applyUpTo == 0
                && reads.isEmpty()
                && refusedReads.isEmpty()
                && softState == null
                && configurations.isEmpty()
                && copies.isEmpty()
                && quarantined.isEmpty();
    }

    Effects drain() {
        boolean writes = hardState != null || marker != null || truncateFrom > 0 || !entries.isEmpty();
        if (!writes && !whenDurable.isEmpty() && persistedNumber == lastNumber) {
            messages.addAll(whenDurable);
            whenDurable.clear();
        }
        long number = writes || !whenDurable.isEmpty() ? ++lastNumber : 0;
        Effects effects = new Effects(
                number,
                hardState,
                marker,
                markerKeepsTail,
                truncateFrom,
                entries,
                taken(messages),
                taken(whenDurable),
                applyUpTo,
                taken(reads),
                taken(refusedReads),
                softState,
                taken(configurations),
                taken(copies),
                taken(quarantined));
        clear();
        return effects;
    }

    /** A list that is empty stays with the outbox, which goes on filling it; the effects must not see that. */
    private static <T> List<T> taken(List<T> list) {
        return list.isEmpty() ? List.of() : list;
    }

    private void clear() {
        hardState = null;
        marker = null;
        truncateFrom = 0;
        entries = List.of();
        applyUpTo = 0;
        softState = null;
        messages = messages.isEmpty() ? messages : new ArrayList<>();
        whenDurable = whenDurable.isEmpty() ? whenDurable : new ArrayList<>();
        reads = reads.isEmpty() ? reads : new ArrayList<>();
        refusedReads = refusedReads.isEmpty() ? refusedReads : new ArrayList<>();
        configurations = configurations.isEmpty() ? configurations : new ArrayList<>();
        copies = copies.isEmpty() ? copies : new ArrayList<>();
        quarantined = quarantined.isEmpty() ? quarantined : new ArrayList<>();
    }
}
