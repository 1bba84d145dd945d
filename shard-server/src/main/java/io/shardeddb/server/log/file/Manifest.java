package io.shardeddb.server.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which segments make up the log, in order. It is replaced as a whole (write, force, rename, force the folder) before
 * the first batch of a new segment is acknowledged, so that a segment that is gone is noticed.
 *
 * @param segments oldest first; only the last one is open
 */
public record Manifest(List<Entry> segments) {
    public static final String NAME = "manifest";
    private static final String TEMPORARY_NAME = "manifest.new";
    private static final String FIRST_LINE = "shardeddb log manifest 1";
    private static final int MAX_BYTES = 16 << 20;

    /**
     * One segment.
     *
     * @param id names the file, never used twice
     * @param base log position of its first byte
     * @param end log position after its last byte, or -1 while it is being written
     */
    public record Entry(long id, long base, long end) {
        public boolean open() {
            return end < 0;
        }
    }

    public Manifest {
        segments = List.copyOf(segments);
    }

    public static @Nullable Manifest read(Disk disk) throws IOException {
        if (!disk.list().contains(NAME)) {
            return null;
        }
        try (Disk.DiskFile file = disk.open(NAME)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), MAX_BYTES));
            file.read(bytes, 0);
            return parse(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        }
    }

    public void write(Disk disk) throws IOException {
        try (Disk.DiskFile file = disk.create(TEMPORARY_NAME)) {
            file.write(ByteBuffer.wrap(encode().getBytes(StandardCharsets.UTF_8)), 0);
            file.force();
        }
        disk.rename(TEMPORARY_NAME, NAME);
        disk.forceDirectory();
    }

    String encode() {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        for (Entry segment : segments) {
            text.append(segment.id())
                    .append(' ')
                    .append(segment.base())
                    .append(' ')
                    .append(segment.end())
                    .append('\n');
        }
        return text + "checksum " + checksum(text.toString()) + "\n";
    }

    static Manifest parse(String text) throws DamagedLogException {
        int last = text.lastIndexOf("checksum ");
        String body = last < 0 ? "" : text.substring(0, last);
        if (!body.startsWith(FIRST_LINE + "\n") || !text.substring(last).equals("checksum " + checksum(body) + "\n")) {
            throw new DamagedLogException("the log's file \"" + NAME + "\" does not have its checksum");
        }
        List<Entry> segments = new ArrayList<>();
        for (String line : body.substring(FIRST_LINE.length() + 1).lines().toList()) {
            String[] fields = line.split(" ", -1);
            segments.add(new Entry(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2])));
        }
        return new Manifest(segments);
    }

    private static long checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    public static String fileName(long segmentId) {
        return "%016x.log".formatted(segmentId);
    }
}
