package io.shardeddb.server.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** A disk in memory that remembers what was forced: a crash keeps an arbitrary part of the rest, sector by sector. */
public final class FaultyDisk implements Disk {
    private static final int SECTOR = 64;

    private final Map<String, Content> visible = new HashMap<>();
    private Map<String, Content> durableNames = new HashMap<>();
    private long capacity = Long.MAX_VALUE;
    private int forcesUntilError = Integer.MAX_VALUE;

    private static final class Content {
        byte[] bytes = new byte[0];
        byte[] forced = new byte[0];
        final BitSet dirty = new BitSet();
    }

    public synchronized void failForceAfter(int forces) {
        forcesUntilError = forces;
    }

    public synchronized void limit(long bytes) {
        capacity = bytes;
    }

    public synchronized void flip(String name, long position) {
        content(name).bytes[(int) position] ^= 0x40;
    }

    public synchronized byte[] bytes(String name) {
        return content(name).bytes.clone();
    }

    private Content content(String name) {
        return Objects.requireNonNull(visible.get(name), name);
    }

    public synchronized List<String> segments() {
        return visible.keySet().stream()
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .toList();
    }

    /** A kill: the page cache survives. */
    public synchronized FaultyDisk afterKill() {
        FaultyDisk copy = new FaultyDisk();
        visible.forEach((name, content) -> {
            Content same = new Content();
            same.bytes = content.bytes.clone();
            same.forced = content.forced.clone();
            same.dirty.or(content.dirty);
            copy.visible.put(name, same);
            if (durableNames.get(name) == content) {
                copy.durableNames.put(name, same);
            }
        });
        return copy;
    }

    /** A power failure: forced bytes stay, every other sector stays or not, in any order. */
    public synchronized FaultyDisk afterPowerFailure(RandomGenerator random) {
        FaultyDisk copy = new FaultyDisk();
        durableNames.forEach((name, content) -> {
            Content left = new Content();
            int size = content.bytes.length > content.forced.length && random.nextBoolean()
                    ? content.forced.length + random.nextInt(content.bytes.length - content.forced.length + 1)
                    : content.forced.length;
            left.bytes = Arrays.copyOf(content.forced, size);
            for (int sector = content.dirty.nextSetBit(0); sector >= 0; sector = content.dirty.nextSetBit(sector + 1)) {
                int from = sector * SECTOR;
                int to = Math.min(size, from + SECTOR);
                if (from < to && random.nextBoolean()) {
                    System.arraycopy(content.bytes, from, left.bytes, from, to - from);
                }
            }
            left.forced = left.bytes.clone();
            copy.visible.put(name, left);
            copy.durableNames.put(name, left);
        });
        return copy;
    }

    @Override
    public synchronized List<String> list() {
        return new ArrayList<>(visible.keySet());
    }

    @Override
    public synchronized DiskFile create(String name) {
        Content content = new Content();
        visible.put(name, content);
        return new Handle(content);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        Content content = visible.get(name);
        if (content == null) {
            throw new IOException("no file " + name);
        }
        return new Handle(content);
    }

    @Override
    public synchronized void delete(String name) {
        visible.remove(name);
    }

    @Override
    public synchronized void rename(String from, String to) {
        Content content = visible.remove(from);
        visible.put(to, content);
    }

    @Override
    public synchronized void forceDirectory() {
        durableNames = new HashMap<>(visible);
    }

    @Override
    public synchronized long usableBytes() {
        long used = visible.values().stream().mapToLong(c -> c.bytes.length).sum();
        return Math.max(0, capacity - used);
    }

    private final class Handle implements DiskFile {
        private final Content content;

        Handle(Content content) {
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                int end = (int) position + bytes.remaining();
                int grown = Math.max(0, end - content.bytes.length);
                if (grown > usableBytes()) {
                    throw new IOException("No space left on device");
                }
                content.bytes = Arrays.copyOf(content.bytes, content.bytes.length + grown);
                content.dirty.set((int) position / SECTOR, (end - 1) / SECTOR + 1);
                bytes.get(content.bytes, (int) position, end - (int) position);
            }
        }

        @Override
        public int read(ByteBuffer bytes, long position) {
            synchronized (FaultyDisk.this) {
                int length = (int) Math.max(0, Math.min(bytes.remaining(), content.bytes.length - position));
                bytes.put(content.bytes, (int) position, length);
                return length;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultyDisk.this) {
                if (--forcesUntilError < 0) {
                    throw new IOException("force failed");
                }
                content.forced = content.bytes.clone();
                content.dirty.clear();
            }
        }

        @Override
        public long size() {
            synchronized (FaultyDisk.this) {
                return content.bytes.length;
            }
        }

        @Override
        public void close() {}
    }
}
