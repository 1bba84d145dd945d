package io.shardeddb.consensus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica wants done, drained in one batch. The keeper must, in this order:
 *
 * <ol>
 *   <li>make its {@link LogView} show {@code marker}, {@code truncateFrom} and {@code entries} before the next input;
 *   <li>send {@code messages} whenever it likes;
 *   <li>write {@code hardState}, {@code marker}, the truncation and {@code entries}, in the order of the batches, force
 *       them, and then send {@code messagesWhenDurable} and call {@link Replica#persisted} with {@code number};
 *   <li>act on the rest in any order.
 * </ol>
 *
 * A batch may have a number and nothing to write: its messages wait for the batches before it.
 *
 * @param number counts the batches that must become durable, from 1; 0 if this one need not
 * @param hardState to be stored; {@code null} if unchanged
 * @param marker the log now begins here: a copy has been installed. {@code null} if unchanged.
 * @param markerKeepsTail whether the entries above the marker stay; meaningless without a marker
 * @param truncateFrom remove the entries from this index on before appending (and after moving to the marker); 0 if
 *     none
 * @param entries to be appended
 * @param messages may be sent at once
 * @param messagesWhenDurable may be sent only when this batch and all before it are durable
 * @param applyUpTo entries up to here are committed and durable here, ready to be applied; 0 if unchanged
 * @param reads confirmed strong reads
 * @param refusedReads the ids of strong reads that this replica cannot confirm, because it does not lead any more
 * @param softState the new soft state; {@code null} if unchanged
 * @param committedConfigurations configurations that have become committed; nothing else may be reported upward or
 *     acted on outside
 * @param copiesNeeded members whose next entry this leader's log no longer contains
 * @param quarantined members that this leader has just stopped to count, with the reason; or this very member, which
 *     must then neither vote nor serve any more, over restarts too
 */
public record Effects(
        long number,
        @Nullable HardState hardState,
        @Nullable SnapshotMarker marker,
        boolean markerKeepsTail,
        long truncateFrom,
        List<LogEntry> entries,
        List<Message> messages,
        List<Message> messagesWhenDurable,
        long applyUpTo,
        List<ConfirmedRead> reads,
        List<Long> refusedReads,
        @Nullable SoftState softState,
        List<CommittedConfiguration> committedConfigurations,
        List<CopyNeeded> copiesNeeded,
        List<Quarantine> quarantined) {

    /** Whether something of this batch must be written. */
    public boolean writes() {
        return hardState != null || marker != null || truncateFrom > 0 || !entries.isEmpty();
    }

    /**
     * A strong read that may be answered from the state machine as soon as it has applied {@code readIndex}.
     *
     * @param id as given to {@link Replica#requestRead}
     * @param readIndex what must be applied before the rows are read
     * @param byLease whether {@link Replica#leaseHolds} must be asked again after the rows were read and just before
     *     the answer leaves; if it says no, request the read again
     * @param term the term in which it was confirmed
     */
    public record ConfirmedRead(long id, long readIndex, boolean byLease, long term) {}

    /**
     * A configuration that is committed.
     *
     * @param index the index of its entry: the guard of the next {@link ConfigurationChange}
     * @param configuration the configuration
     */
    public record CommittedConfiguration(long index, Configuration configuration) {}

    /**
     * A member must get a copy of the state machine's data; the log goes on from there. Report the end by
     * {@link Replica#copied} at the receiver, and at the leader by {@link Replica#copyArrived} or
     * {@link Replica#copyFailed}.
     *
     * @param member the member in need
     * @param firstIndex the first index that the leader's log still has; a copy must reach at least the one before
     */
    public record CopyNeeded(MemberId member, long firstIndex) {}

    /**
     * A member that must be replaced or copied again.
     *
     * @param member who
     * @param reason what was seen, in words
     */
    public record Quarantine(MemberId member, String reason) {}
}
