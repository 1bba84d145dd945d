package io.shardeddb.server.log;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.LogView;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.Recovered;
import io.shardeddb.consensus.SnapshotMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One group's part of the log as it is in memory: for every entry its term and place, and the newest entries
 * themselves. Changes come through {@link RecordBatch} alone, so that memory and log change in the same order. Confined
 * to the thread that makes the batches.
 */
public final class GroupLog implements LogView {
    /** A place not known yet: the entry is still on its way to the disk. */
    private static final long UNWRITTEN = -1;

    private final GroupId group;
    private final MemberId member;
    private final String database;
    private final String shard;
    private final EntrySource source;
    private final ArrayList<Slot> slots = new ArrayList<>();
    /** Where the verdicts on earlier entries stand; hardly ever are there any. */
    private final TreeSet<Long> verdicts = new TreeSet<>();

    private HardState hardState = HardState.INITIAL;
    private SnapshotMarker marker = SnapshotMarker.NOTHING;
    private long maxTimestamp;
    private long cachedBytes;
    private long storedBytes;
    private int firstMaybeCached;
    private @Nullable String quarantine;
    /** Place of the oldest record that the state needs, entries aside. */
    private long statePosition = Long.MAX_VALUE;

    /** Reads an entry's record back from its place. */
    interface EntrySource {
        LogEntry read(long position, int length);
    }

    /** One entry's place. */
    static final class Slot {
        final long term;
        final int size;
        /** Bytes of all entries up to this one, since any beginning. */
        final long end;
        /** Nothing but rows changes. */
        final boolean writesRows;

        long position = UNWRITTEN;
        int length;

        @Nullable
        LogEntry cached;

        Slot(LogEntry entry, long before) {
            term = entry.term();
            size = entry.sizeInBytes();
            end = before + size;
            writesRows = entry.payload() instanceof CommandPayload command && command.writesRows();
            cached = entry;
        }
    }

    GroupLog(GroupId group, MemberId member, String database, String shard, EntrySource source) {
        this.group = group;
        this.member = member;
        this.database = database;
        this.shard = shard;
        this.source = source;
    }

    public GroupId group() {
        return group;
    }

    /** The id of the replica whose log this is. */
    public MemberId member() {
        return member;
    }

    /** The database (name of the custom resource) that the replica was prepared for. */
    public String database() {
        return database;
    }

    /** The shard's name. */
    public String shard() {
        return shard;
    }

    public HardState hardState() {
        return hardState;
    }

    public SnapshotMarker marker() {
        return marker;
    }

    /**
     * Why this replica must neither vote nor serve, as was found and written by this or an earlier process; absent if
     * nothing was.
     */
    public @Nullable String quarantine() {
        return quarantine;
    }

    void setQuarantine(String reason) {
        quarantine = reason;
    }

    /** Whether nothing but the member id has ever been here. */
    public boolean isPristine() {
        return slots.isEmpty()
                && marker.index() == 0
                && marker.configuration().everyone().isEmpty()
                && hardState.term() == 0;
    }

    /** The greatest timestamp of any command that was ever in this log. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    /** Bytes of entries held here in memory. */
    public long cachedBytes() {
        return cachedBytes;
    }

    /** Bytes that the entries occupy in the log. */
    public long storedBytes() {
        return storedBytes;
    }

    @Override
    public long firstIndex() {
        return marker.index() + 1;
    }

    @Override
    public long lastIndex() {
        return marker.index() + slots.size();
    }

    @Override
    public long term(long index) {
        return index == marker.index() ? marker.term() : slot(index).term;
    }

    @Override
    public List<LogEntry> entries(long from, long to, long maxBytes) {
        List<LogEntry> entries = new ArrayList<>((int) Math.min(to - from + 1, 1024));
        long bytes = 0;
        for (long index = from; index <= to; index++) {
            Slot slot = slot(index);
            bytes += slot.size;
            if (bytes > maxBytes && !entries.isEmpty()) {
                break;
            }
            LogEntry entry = slot.cached;
            entries.add(entry != null ? entry : source.read(slot.position, slot.length));
        }
        return entries;
    }

    /** Bytes of some entries in a row. */
    public long bytes(long first, long last) {
        Slot beginning = slot(first);
        return slot(last).end - beginning.end + beginning.size;
    }

    /** Whether an entry is a write of rows; others are rare. */
    public boolean writesRows(long index) {
        return slot(index).writesRows;
    }

    /** The entries above an index that are verdicts on earlier ones, in order. */
    public List<LogEntry> verdictsAbove(long index) {
        List<LogEntry> found = new ArrayList<>();
        for (long at : verdicts.tailSet(index, false)) {
            found.addAll(entries(at, at, Long.MAX_VALUE));
        }
        return found;
    }

    /** The entries with a configuration above the marker, for the start of a replica. */
    public List<LogEntry> configurationEntries() {
        List<LogEntry> found = new ArrayList<>();
        for (Slot slot : slots) {
            // During recovery only these stay in memory.
            if (slot.cached != null && slot.cached.payload() instanceof Payload.Membership) {
                found.add(slot.cached);
            }
        }
        return found;
    }

    /**
     * Says that entries have been applied: their bytes may still be needed for other members, their decoded commands
     * are not.
     */
    public void applied(long from, long to) {
        long last = Math.min(to, lastIndex());
        for (long index = Math.max(from, firstIndex()); index <= last; index++) {
            LogEntry entry = slot(index).cached;
            if (entry != null && entry.payload() instanceof CommandPayload command) {
                command.forgetDecoded();
            }
        }
    }

    /** Forgets the oldest entries in memory that are on disk, until at most so many bytes are left. */
    public void evict(long keepBytes) {
        while (cachedBytes > keepBytes && firstMaybeCached < slots.size()) {
            Slot slot = slots.get(firstMaybeCached);
            if (slot.position == UNWRITTEN) {
                return;
            }
            forget(slot);
            firstMaybeCached++;
        }
    }

    /** Place of the oldest record still needed, of entries and of state. */
    long oldestPosition() {
        long oldest = statePosition;
        if (!slots.isEmpty() && slots.getFirst().position != UNWRITTEN) {
            oldest = Math.min(oldest, slots.getFirst().position);
        }
        return oldest;
    }

    void stateWritten(long position, boolean resets) {
        statePosition = resets ? position : Math.min(statePosition, position);
    }

    void setHardState(HardState state) {
        hardState = state;
    }

    Slot append(LogEntry entry) {
        if (entry.index() != lastIndex() + 1) {
            throw new IllegalStateException("group " + group + ": entry " + entry.index() + " after " + lastIndex());
        }
        Slot slot = new Slot(entry, slots.isEmpty() ? 0 : slots.getLast().end);
        slots.add(slot);
        cachedBytes += slot.size;
        storedBytes += slot.size;
        if (entry.payload() instanceof CommandPayload command) {
            maxTimestamp = Math.max(maxTimestamp, command.timestamp());
            if (command.isVerdict()) {
                verdicts.add(entry.index());
            }
        }
        return slot;
    }

    /** An entry found on disk: only configurations stay in memory. */
    void recovered(LogEntry entry, long position, int length) {
        Slot slot = append(entry);
        slot.position = position;
        slot.length = length;
        if (!(entry.payload() instanceof Payload.Membership)) {
            forget(slot);
        }
    }

    void truncateFrom(long index) {
        int keep = (int) Math.max(0, index - firstIndex());
        for (int i = slots.size() - 1; i >= keep; i--) {
            remove(slots.get(i));
        }
        slots.subList(keep, slots.size()).clear();
        verdicts.tailSet(index, true).clear();
        firstMaybeCached = Math.min(firstMaybeCached, slots.size());
    }

    void moveTo(SnapshotMarker to, boolean keepsTail) {
        int gone = keepsTail ? (int) Math.min(slots.size(), Math.max(0, to.index() - marker.index())) : slots.size();
        for (int i = 0; i < gone; i++) {
            remove(slots.get(i));
        }
        slots.subList(0, gone).clear();
        verdicts.headSet(marker.index() + gone, true).clear();
        firstMaybeCached = Math.max(0, firstMaybeCached - gone);
        marker = to;
    }

    void drop() {
        moveTo(SnapshotMarker.NOTHING, false);
    }

    /** A copy of another state of the same replica takes this one's place: for a checkpoint's replay. */
    void reset() {
        moveTo(SnapshotMarker.NOTHING, false);
        hardState = HardState.INITIAL;
    }

    Slot slotForRewrite(long index) {
        return slot(index);
    }

    private Slot slot(long index) {
        if (index < firstIndex() || index > lastIndex()) {
            throw new IllegalArgumentException(
                    "group " + group + ": index " + index + " outside " + firstIndex() + ".." + lastIndex());
        }
        return slots.get((int) (index - marker.index() - 1));
    }

    private void remove(Slot slot) {
        storedBytes -= slot.size;
        forget(slot);
    }

    private void forget(Slot slot) {
        if (slot.cached != null) {
            slot.cached = null;
            cachedBytes -= slot.size;
        }
    }

    /**
     * What a replica begins with. What its store has is asked later; until then it has at least what this log no longer
     * holds.
     */
    public Recovered recovered() {
        return new Recovered(hardState(), marker(), configurationEntries(), marker().index());
    }
}
