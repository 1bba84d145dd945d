package io.shardeddb.server.log;

import io.shardeddb.consensus.Durations;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.server.log.file.DamagedLogException;
import io.shardeddb.server.log.file.Disk;
import io.shardeddb.server.log.file.Segment;
import io.shardeddb.server.runtime.FatalError;
import io.shardeddb.server.runtime.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's log. All changes are made by one thread, as {@link RecordBatch}es in the order of {@link #submit}; a
 * thread of its own writes and forces them.
 */
public final class SharedLog implements AutoCloseable {
    private static final String RESERVE_NAME = "reserve";
    private static final int CHECKPOINT_READ_BYTES = 1 << 20;
    /** With so few segments nothing is rewritten. */
    private static final int KEPT_SEGMENTS = 4;
    /** A group with more than this in its log is purged first, not rewritten. */
    private static final long MAX_CHECKPOINT_BYTES = 16 << 20;

    private final Disk disk;
    private final LogSettings settings;
    private final NavigableMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final Map<GroupId, GroupLog> groups = new HashMap<>();
    private final LogWriter writer;
    private volatile LogSpace space;

    private SharedLog(Disk disk, LogSettings settings, Surroundings surroundings, FatalError fatal) throws IOException {
        this.disk = disk;
        this.settings = settings;
        makeRoom(disk, settings);
        LogRecovery.Recovered recovered = new LogRecovery(disk, this::read).run();
        recovered.segments().forEach(segment -> segments.put(segment.base(), segment));
        groups.putAll(recovered.groups());
        writer = new LogWriter(disk, settings, segments, recovered, surroundings, fatal);
        space = LogSpace.of(settings, writer.usedBytes(), disk.usableBytes());
    }

    /**
     * Reads what is there and starts writing.
     *
     * @param surroundings the writing thread and the time
     * @param fatal called when a write or force fails; must end the process
     * @throws DamagedLogException if something that was durable is gone or changed; nothing was altered then
     */
    public static SharedLog open(Disk disk, LogSettings settings, Surroundings surroundings, FatalError fatal)
            throws IOException {
        SharedLog log = new SharedLog(disk, settings, surroundings, fatal);
        log.refreshSpace();
        log.writer.start();
        return log;
    }

    /** The groups that have a replica here. */
    public Collection<GroupLog> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** Makes an empty replica; its member id may be told to anybody only when the batch is durable. */
    public GroupLog begin(RecordBatch batch, GroupId group, MemberId member, String database, String shard) {
        if (groups.containsKey(group)) {
            throw new IllegalStateException("group " + group + " has a replica here");
        }
        GroupLog log = new GroupLog(group, member, database, shard, this::read);
        groups.put(group, log);
        batch.begin(log);
        return log;
    }

    /** Removes a replica's log and member id. */
    public void drop(RecordBatch batch, GroupLog log) {
        groups.remove(log.group());
        batch.drop(log);
    }

    /**
     * Hands a batch to the writing thread. Batches become durable in the order of these calls.
     *
     * @param whenDurable called on the writing thread with the position to give to {@link RecordBatch#written}
     */
    public void submit(RecordBatch batch, LongConsumer whenDurable) {
        writer.submit(batch.bytes(), whenDurable);
    }

    /**
     * Gives the reserve up when the volume is all but full, for what a start must write. To be called before the first
     * byte is written, by the holder of the volume.
     */
    public static void makeRoom(Disk disk, LogSettings settings) throws IOException {
        if (disk.list().contains(RESERVE_NAME) && disk.usableBytes() < settings.reserveBytes() / 2) {
            disk.delete(RESERVE_NAME);
        }
    }

    /** Room as last looked at. */
    public LogSpace space() {
        return space;
    }

    /** How long forces take. */
    public Durations.Summary forceTimes() {
        return writer.forceTimes().summary();
    }

    /** How many forces there have been. */
    public long forces() {
        return writer.forces();
    }

    /**
     * Looks at the room again, and keeps, gives up or takes back the reserve. About once a second, by any one thread.
     */
    public LogSpace refreshSpace() throws IOException {
        long usable = disk.usableBytes();
        boolean reserved = disk.list().contains(RESERVE_NAME);
        if (reserved && usable < settings.reserveBytes() / 2) {
            disk.delete(RESERVE_NAME);
            reserved = false;
        } else if (!reserved && usable > 4L * settings.reserveBytes() + settings.lowWaterBytes()) {
            writeReserve();
            reserved = true;
        }
        long beyondReserve = disk.usableBytes() + (reserved ? settings.reserveBytes() : 0);
        space = LogSpace.of(settings, writer.usedBytes(), beyondReserve);
        return space;
    }

    private void writeReserve() throws IOException {
        try (Disk.DiskFile reserve = disk.create(RESERVE_NAME)) {
            ByteBuffer zeros = ByteBuffer.allocate(64 << 10);
            for (long at = 0; at < settings.reserveBytes(); at += zeros.capacity()) {
                reserve.write(zeros.clear(), at);
            }
        }
    }

    /**
     * Lets segments go that no group needs, and writes groups again whose records alone keep the oldest segment.
     *
     * @param batch takes the rewritten groups; submit it afterwards
     */
    public void collect(RecordBatch batch) {
        long oldest = Long.MAX_VALUE;
        for (GroupLog log : groups.values()) {
            oldest = Math.min(oldest, log.oldestPosition());
        }
        Long openBase = segments.lastKey();
        writer.release(Math.min(oldest, openBase));
        if (segments.size() <= KEPT_SEGMENTS) {
            return;
        }
        @Nullable Long second = segments.higherKey(segments.firstKey());
        long firstEnd = second == null ? Long.MAX_VALUE : second;
        for (GroupLog log : groups.values()) {
            if (log.oldestPosition() < firstEnd
                    && log.storedBytes() <= MAX_CHECKPOINT_BYTES
                    && batch.sizeInBytes() <= MAX_CHECKPOINT_BYTES) {
                batch.checkpoint(log, CHECKPOINT_READ_BYTES);
            }
        }
    }

    private LogEntry read(long position, int length) {
        Map.Entry<Long, Segment> segment = segments.floorEntry(position);
        if (segment == null) {
            throw new IllegalStateException("position " + position + " is not in the log any more");
        }
        try {
            LogRecord record = LogRecord.read(segment.getValue().read(position, length));
            if (record instanceof LogRecord.Entry(GroupId group, LogEntry entry)) {
                return entry;
            }
            throw new DamagedLogException("no entry at position " + position);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes what was submitted, then ends the thread and closes the files. */
    @Override
    public void close() throws IOException {
        writer.close();
        for (Segment segment : segments.values()) {
            segment.close();
        }
    }
}
