package io.shardeddb.server.log;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.SnapshotMarker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of any number of groups that become durable together. Each method changes the group's view in memory at once
 * and writes the record for it; when the batch has its place in the log, {@link #written} tells the views where. Made
 * and completed by one thread.
 */
public final class RecordBatch {
    private static final int INITIAL_BYTES = 4096;
    /** Letters of a reason that is stored; a letter is at most three bytes, and the length has two. */
    private static final int MAX_REASON = 1000;

    private ByteBuffer out = ByteBuffer.allocate(INITIAL_BYTES);
    private final List<Place> places = new ArrayList<>();

    private sealed interface Place {
        int offset();

        record OfEntry(GroupLog.Slot slot, int offset, int length) implements Place {}

        record OfState(GroupLog log, int offset, boolean resets) implements Place {}
    }

    /** Whether there is nothing to write. */
    public boolean isEmpty() {
        return out.position() == 0;
    }

    /** Bytes so far. */
    public int sizeInBytes() {
        return out.position();
    }

    /** A replica with nothing in its log. */
    void begin(GroupLog log) {
        int start = start(LogRecord.BEGIN, log.group());
        MemberId member = log.member();
        room(16);
        out.putLong(member.high()).putLong(member.low());
        text(log.database());
        text(log.shard());
        finish(start);
        places.add(new Place.OfState(log, start, true));
    }

    /** Stores a hard state. */
    public void hardState(GroupLog log, HardState state) {
        log.setHardState(state);
        state(log, state);
    }

    private void state(GroupLog log, HardState state) {
        int start = start(LogRecord.STATE, log.group());
        room(25);
        MemberId vote = state.vote();
        out.putLong(state.term()).put((byte) (vote == null ? 0 : 1));
        if (vote != null) {
            out.putLong(vote.high()).putLong(vote.low());
        }
        finish(start);
        places.add(new Place.OfState(log, start, false));
    }

    /** Appends an entry, which must follow the last one. */
    public void entry(GroupLog log, LogEntry entry) {
        entry(log.append(entry), log.group(), entry);
    }

    private void entry(GroupLog.Slot slot, GroupId group, LogEntry entry) {
        int start = start(LogRecord.kind(entry.payload()), group);
        ByteString bytes = LogRecord.bytes(entry.payload());
        room(16 + (bytes == null ? 0 : bytes.size()));
        out.putLong(entry.index()).putLong(entry.term());
        if (bytes != null) {
            bytes.copyTo(out);
        }
        finish(start);
        places.add(new Place.OfEntry(slot, start, out.position() - start));
    }

    /** Removes the entries from this index on. */
    public void truncate(GroupLog log, long fromIndex) {
        log.truncateFrom(fromIndex);
        int start = start(LogRecord.TRUNCATE, log.group());
        room(8);
        out.putLong(fromIndex);
        finish(start);
    }

    /** Moves the log's beginning: after an installed copy, or to purge what is no longer needed. */
    public void marker(GroupLog log, SnapshotMarker marker, boolean keepsTail) {
        log.moveTo(marker, keepsTail);
        markerRecord(log, marker, keepsTail);
    }

    private void markerRecord(GroupLog log, SnapshotMarker marker, boolean keepsTail) {
        int start = start(LogRecord.MARKER, log.group());
        ByteString configuration = ConfigurationCodec.encode(marker.configuration());
        room(25 + configuration.size());
        out.putLong(marker.index()).putLong(marker.term()).putLong(marker.configurationIndex());
        out.put((byte) (keepsTail ? 1 : 0));
        configuration.copyTo(out);
        finish(start);
        places.add(new Place.OfState(log, start, false));
    }

    /** Stores that the replica was found to be no good: it stays so until it is dropped. */
    public void quarantine(GroupLog log, String reason) {
        log.setQuarantine(reason);
        quarantineRecord(log, reason);
    }

    private void quarantineRecord(GroupLog log, String reason) {
        int start = start(LogRecord.QUARANTINE, log.group());
        text(reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason);
        finish(start);
        places.add(new Place.OfState(log, start, false));
    }

    /** The replica is gone. */
    void drop(GroupLog log) {
        log.drop();
        finish(start(LogRecord.DROP, log.group()));
    }

    /** Writes a group's whole present state again, so that its older records are no longer needed. */
    void checkpoint(GroupLog log, int maxBytes) {
        begin(log);
        state(log, log.hardState());
        String quarantine = log.quarantine();
        if (quarantine != null) {
            quarantineRecord(log, quarantine);
        }
        markerRecord(log, log.marker(), false);
        long index = log.firstIndex();
        while (index <= log.lastIndex()) {
            for (LogEntry entry : log.entries(index, log.lastIndex(), maxBytes)) {
                entry(log.slotForRewrite(index), log.group(), entry);
                index++;
            }
        }
    }

    ByteBuffer bytes() {
        return out.duplicate().flip();
    }

    /** The batch is durable and its first record stands at this log position: the views learn where everything is. */
    public void written(long position) {
        for (Place place : places) {
            long at = position + place.offset();
            switch (place) {
                case Place.OfEntry(GroupLog.Slot slot, int offset, int length) -> {
                    slot.position = at;
                    slot.length = length;
                }
                case Place.OfState(GroupLog log, int offset, boolean resets) -> log.stateWritten(at, resets);
            }
        }
    }

    private int start(byte kind, GroupId group) {
        room(LogRecord.FRAME_BYTES);
        int start = out.position();
        out.putInt(0).put(kind).putLong(group.high()).putLong(group.low());
        return start;
    }

    private void finish(int start) {
        out.putInt(start, out.position() - start - 4);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        room(2 + bytes.length);
        out.putShort((short) bytes.length).put(bytes);
    }

    private void room(int bytes) {
        if (out.remaining() < bytes) {
            int size = Math.max(out.capacity() * 2, out.position() + bytes);
            out = ByteBuffer.allocate(size).put(out.flip());
        }
    }
}
