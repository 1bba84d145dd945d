package io.shardeddb.server.log;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.server.log.file.BatchFormat;
import io.shardeddb.server.log.file.DamagedLogException;
import io.shardeddb.server.log.file.Disk;
import io.shardeddb.server.log.file.Manifest;
import io.shardeddb.server.log.file.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log at start. A bad frame at position p is a torn tail exactly if no valid frame behind it was written when
 * more than p was known durable; then the log ends at p. Otherwise it is damage and nothing is used. What is not known
 * durable (page cache after a kill is not disk) is written again into a new segment and forced before anything is
 * acknowledged on it.
 *
 * <p>The double fault that remains: rot in the last forced frame while the mark behind it is lost too looks like a torn
 * tail.
 */
final class LogRecovery {
    private final Disk disk;
    private final GroupLog.EntrySource source;
    private final Map<GroupId, GroupLog> groups = new HashMap<>();
    private final Set<GroupId> unexplained = new HashSet<>();
    private final List<Segment> segments = new ArrayList<>();
    private final List<Manifest.Entry> kept = new ArrayList<>();
    private long end;
    private long nextId;

    LogRecovery(Disk disk, GroupLog.EntrySource source) {
        this.disk = disk;
        this.source = source;
    }

    /**
     * What was found, all of it durable. The last segment is open for writing, and empty but for the rewritten tail.
     */
    record Recovered(Map<GroupId, GroupLog> groups, List<Segment> segments, Manifest manifest, long end) {}

    Recovered run() throws IOException {
        Manifest manifest = Manifest.read(disk);
        List<String> files = disk.list();
        if (manifest == null) {
            refuseWithoutManifest(files);
            manifest = new Manifest(List.of());
        }
        for (String name : files) {
            if (name.endsWith(".log")) {
                nextId = Math.max(nextId, Long.parseUnsignedLong(name.substring(0, 16), 16) + 1);
            }
        }
        List<ByteBuffer> tail = List.of();
        for (Manifest.Entry entry : manifest.segments()) {
            nextId = Math.max(nextId, entry.id() + 1);
            if (!files.contains(Manifest.fileName(entry.id()))) {
                throw new DamagedLogException("segment " + Manifest.fileName(entry.id()) + " is gone");
            }
            if (entry.base() != end && !segments.isEmpty()) {
                throw new DamagedLogException(
                        "segment " + Manifest.fileName(entry.id()) + " does not follow the one before");
            }
            end = entry.base();
            tail = readSegment(entry);
        }
        unexplained.removeAll(groups.keySet());
        if (!unexplained.isEmpty()) {
            throw new DamagedLogException("records of groups whose beginning is gone: " + unexplained);
        }
        Manifest fresh = rewriteTail(tail);
        deleteOthers(files, fresh);
        return new Recovered(groups, segments, fresh, end);
    }

    private void refuseWithoutManifest(List<String> files) throws IOException {
        for (String name : files) {
            if (name.endsWith(".log")) {
                try (Disk.DiskFile file = disk.open(name)) {
                    if (file.size() > 0) {
                        throw new DamagedLogException("the manifest is gone, but there is a segment " + name);
                    }
                }
            }
        }
    }

    /**
     * Replays a segment; of the open one, returns the frames that are not known durable, and leaves {@code end} before
     * them.
     */
    private List<ByteBuffer> readSegment(Manifest.Entry entry) throws IOException {
        Disk.DiskFile file = disk.open(Manifest.fileName(entry.id()));
        Segment segment = new Segment(entry.id(), entry.base(), file);
        segments.add(segment);
        long size = entry.open() ? file.size() : entry.end() - entry.base();
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        int read = file.read(bytes, 0);
        bytes.flip();
        if (read < size) {
            throw new DamagedLogException(Manifest.fileName(entry.id()) + " ends at " + read + ", not at " + size);
        }
        int offset = 0;
        long durable = entry.base();
        List<Integer> frames = new ArrayList<>();
        while (offset < bytes.limit()) {
            BatchFormat.Header header = BatchFormat.valid(bytes, offset, entry.id(), entry.base());
            if (header == null) {
                break;
            }
            replay(bytes, offset + BatchFormat.HEADER_BYTES, header.bodyBytes(), entry.base());
            durable = Math.max(durable, header.durable());
            frames.add(offset);
            offset = (int) (header.end() - entry.base());
        }
        if (offset < bytes.limit()) {
            if (!entry.open()) {
                throw damage(entry, offset, "the segment was complete up to " + entry.end());
            }
            refuseDamage(bytes, offset, entry);
        }
        if (!entry.open()) {
            kept.add(entry);
            end = entry.end();
            return List.of();
        }
        if (durable > entry.base()) {
            kept.add(new Manifest.Entry(entry.id(), entry.base(), durable));
        }
        end = durable;
        return uncertain(bytes, frames, offset, (int) (durable - entry.base()));
    }

    private static List<ByteBuffer> uncertain(ByteBuffer bytes, List<Integer> frames, int limit, int durable) {
        List<ByteBuffer> tail = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            int from = frames.get(i);
            if (from >= durable) {
                int to = i + 1 < frames.size() ? frames.get(i + 1) : limit;
                tail.add(ByteBuffer.allocate(to - from)
                        .put(bytes.slice(from, to - from))
                        .flip());
            }
        }
        return tail;
    }

    private void refuseDamage(ByteBuffer bytes, int bad, Manifest.Entry entry) throws DamagedLogException {
        for (int offset = bad + BatchFormat.ALIGNMENT; offset < bytes.limit(); offset += BatchFormat.ALIGNMENT) {
            BatchFormat.Header later = BatchFormat.valid(bytes, offset, entry.id(), entry.base());
            if (later != null && later.durable() > entry.base() + bad) {
                throw damage(entry, bad, "a later frame at " + offset + " was written when this one was durable");
            }
        }
    }

    private static DamagedLogException damage(Manifest.Entry entry, int offset, String proof) {
        return new DamagedLogException(
                Manifest.fileName(entry.id()) + " is damaged at byte " + offset + " (not torn: " + proof + ")");
    }

    private void replay(ByteBuffer bytes, int start, int length, long base) throws IOException {
        ByteBuffer body = bytes.duplicate();
        body.position(start).limit(start + length);
        while (body.hasRemaining()) {
            int at = body.position();
            LogRecord record = LogRecord.read(body);
            replay(record, base + at, body.position() - at);
        }
    }

    private void replay(LogRecord record, long position, int length) throws DamagedLogException {
        if (record instanceof LogRecord.Begin(GroupId group, var member, String database, String shard)) {
            GroupLog log = new GroupLog(group, member, database, shard, source);
            log.stateWritten(position, true);
            groups.put(group, log);
            unexplained.remove(group);
            return;
        }
        @Nullable GroupLog log = groups.get(record.group());
        if (log == null) {
            // Older segments are gone: a later checkpoint or drop must explain this.
            if (!(record instanceof LogRecord.Drop)) {
                unexplained.add(record.group());
            } else {
                unexplained.remove(record.group());
            }
            return;
        }
        switch (record) {
            case LogRecord.State(GroupId group, var hardState) -> {
                log.setHardState(hardState);
                log.stateWritten(position, false);
            }
            case LogRecord.Entry(GroupId group, var entry) -> {
                if (entry.index() != log.lastIndex() + 1) {
                    throw new DamagedLogException("group " + group + ": entry " + entry.index() + " follows entry "
                            + log.lastIndex() + " at position " + position);
                }
                log.recovered(entry, position, length);
            }
            case LogRecord.Truncate(GroupId group, long fromIndex) -> log.truncateFrom(fromIndex);
            case LogRecord.Marker(GroupId group, var marker, boolean keepsTail) -> {
                log.moveTo(marker, keepsTail);
                log.stateWritten(position, false);
            }
            case LogRecord.Quarantine(GroupId group, String reason) -> {
                log.setQuarantine(reason);
                log.stateWritten(position, false);
            }
            case LogRecord.Drop(GroupId group) -> groups.remove(group);
            case LogRecord.Begin begin -> throw new IllegalStateException("handled above");
        }
    }

    /**
     * Puts what is not known durable into a new segment at the same log positions, forces it, then names it in the
     * manifest.
     */
    private Manifest rewriteTail(List<ByteBuffer> tail) throws IOException {
        long id = nextId++;
        Disk.DiskFile file = disk.create(Manifest.fileName(id));
        segments.add(new Segment(id, end, file));
        long base = end;
        for (ByteBuffer frame : tail) {
            int bodyBytes = frame.getInt(4);
            BatchFormat.seal(frame, id, bodyBytes, end, base);
            int length = frame.remaining();
            file.write(frame, end - base);
            end += length;
        }
        file.force();
        kept.add(new Manifest.Entry(id, base, -1));
        disk.forceDirectory();
        Manifest manifest = new Manifest(kept);
        manifest.write(disk);
        return manifest;
    }

    private void deleteOthers(List<String> files, Manifest manifest) throws IOException {
        Set<String> named = new HashSet<>();
        manifest.segments().forEach(entry -> named.add(Manifest.fileName(entry.id())));
        for (String name : files) {
            if (name.endsWith(".log") && !named.contains(name)) {
                segments.removeIf(segment -> Manifest.fileName(segment.id()).equals(name));
                disk.delete(name);
            }
        }
    }
}
