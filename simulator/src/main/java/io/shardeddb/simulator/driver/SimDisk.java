package io.shardeddb.simulator.driver;

import io.shardeddb.server.log.file.Disk;
import io.shardeddb.simulator.driver.schedule.ProcessEnded;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A server's disk: what was not forced may be lost or torn when the power fails. */
final class SimDisk implements Disk {
    private static final int SECTOR = 512;

    private final Schedule schedule;
    private final Wrong wrong;
    private final TreeMap<String, Content> visible = new TreeMap<>();
    private TreeMap<String, Content> durable = new TreeMap<>();
    private long capacity = Long.MAX_VALUE;
    private long used;
    /** The process ends at this operation from now on; 0: at none. */
    private int endsAt;

    private boolean failing;
    private long slowFactor = 1;
    private @Nullable Runnable end;

    private static final class Content {
        byte[] bytes = new byte[4096];
        int size;
        byte[] forced = new byte[0];
        int forcedSize;
        boolean ofLog;
        final BitSet dirty = new BitSet();
    }

    SimDisk(Schedule schedule, Wrong wrong) {
        this.schedule = schedule;
        this.wrong = wrong;
    }

    /** How long until what is submitted is durable. */
    long slowness() {
        long most = schedule.oneIn(20) ? 8 * Schedule.MILLI : 600 * Schedule.MICRO;
        return slowFactor * schedule.between(20 * Schedule.MICRO, most);
    }

    void slow(long factor) {
        slowFactor = factor;
    }

    /** No more room than this beyond what is used. */
    void leave(long bytes) {
        capacity = bytes == Long.MAX_VALUE ? bytes : used + bytes;
    }

    /** The next force fails. */
    void failNextForce() {
        failing = true;
    }

    /** The process ends in the middle of what it does here. */
    void endAt(int operations, Runnable then) {
        endsAt = operations;
        end = then;
    }

    void forgetEnd() {
        endsAt = 0;
        end = null;
        failing = false;
    }

    private void operation() {
        if (endsAt > 0 && --endsAt == 0) {
            Runnable then = end;
            end = null;
            if (then != null) {
                then.run();
                throw new ProcessEnded();
            }
        }
    }

    /** Everything that was not forced is kept or lost, sector by sector. */
    void powerFails() {
        visible.clear();
        TreeMap<String, Content> left = new TreeMap<>();
        durable.forEach((name, content) -> left.put(name, torn(content)));
        visible.putAll(left);
        durable = left;
        used = visible.values().stream().mapToLong(content -> content.size).sum();
    }

    private Content torn(Content content) {
        Content left = new Content();
        int size = content.forcedSize;
        if (content.size > size && schedule.oneIn(2)) {
            size += schedule.random().nextInt(content.size - size + 1);
        }
        left.bytes = new byte[Math.max(4096, size)];
        System.arraycopy(content.forced, 0, left.bytes, 0, Math.min(size, content.forcedSize));
        left.size = size;
        left.ofLog = content.ofLog;
        for (int sector = content.dirty.nextSetBit(0); sector >= 0; sector = content.dirty.nextSetBit(sector + 1)) {
            int from = sector * SECTOR;
            int to = Math.min(size, from + SECTOR);
            if (from < to && schedule.oneIn(2)) {
                System.arraycopy(content.bytes, from, left.bytes, from, to - from);
            }
        }
        left.forced = Arrays.copyOf(left.bytes, size);
        left.forcedSize = size;
        return left;
    }

    @Override
    public ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes);
    }

    @Override
    public List<String> list() {
        return new ArrayList<>(visible.keySet());
    }

    @Override
    public DiskFile create(String name) {
        operation();
        delete(name);
        Content content = new Content();
        content.ofLog = name.endsWith(".log");
        visible.put(name, content);
        return new Handle(content);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Content content = visible.get(name);
        if (content == null) {
            throw new IOException("no file " + name);
        }
        return new Handle(content);
    }

    @Override
    public void delete(String name) {
        operation();
        Content gone = visible.remove(name);
        if (gone != null) {
            used -= gone.size;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        operation();
        Content content = visible.remove(from);
        if (content == null) {
            throw new IOException("no file " + from);
        }
        Content replaced = visible.put(to, content);
        if (replaced != null) {
            used -= replaced.size;
        }
    }

    @Override
    public void forceDirectory() {
        operation();
        if (wrong != Wrong.DIRECTORY_NOT_FORCED) {
            durable = new TreeMap<>(visible);
        }
    }

    @Override
    public long usableBytes() {
        return capacity == Long.MAX_VALUE ? 1L << 40 : Math.max(0, capacity - used);
    }

    private final class Handle implements DiskFile {
        private final Content content;

        Handle(Content content) {
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            operation();
            int end = (int) position + bytes.remaining();
            int grown = Math.max(0, end - content.size);
            if (grown > usableBytes()) {
                throw new IOException("no space left on device");
            }
            if (end > content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, Math.max(end, 2 * content.bytes.length));
            }
            content.size += grown;
            used += grown;
            content.dirty.set((int) position / SECTOR, (end - 1) / SECTOR + 1);
            bytes.get(content.bytes, (int) position, end - (int) position);
        }

        @Override
        public int read(ByteBuffer bytes, long position) {
            int length = (int) Math.max(0, Math.min(bytes.remaining(), content.size - position));
            bytes.put(content.bytes, (int) position, length);
            return length;
        }

        @Override
        public void force() throws IOException {
            operation();
            if (failing) {
                failing = false;
                // As on Linux: the pages look clean afterwards, and no later force writes them.
                content.dirty.clear();
                throw new IOException("the force failed");
            }
            if (wrong != Wrong.FORCE_DOES_NOTHING || !content.ofLog) {
                forceAll(content);
            }
            operation();
        }

        @Override
        public long size() {
            return content.size;
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }

    private static void forceAll(Content content) {
        if (content.forced.length < content.size) {
            content.forced = Arrays.copyOf(content.forced, content.bytes.length);
        }
        for (int sector = content.dirty.nextSetBit(0); sector >= 0; sector = content.dirty.nextSetBit(sector + 1)) {
            int from = sector * SECTOR;
            int to = Math.min(content.size, from + SECTOR);
            System.arraycopy(content.bytes, from, content.forced, from, Math.max(0, to - from));
        }
        content.forcedSize = content.size;
        content.dirty.clear();
    }
}
