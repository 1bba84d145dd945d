package io.shardeddb.local.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The store's changes on disk: one line each, with a checksum, appended as they happen and rewritten as the living
 * objects alone when more than half of it is history. A line is handed to the operating system before its change is
 * answered, so a killed daemon loses nothing. It is not forced to the disk, so a machine that loses power may lose the
 * last seconds. A torn last line is dropped; a bad line before the last is damage and refused.
 */
final class Journal implements AutoCloseable {
    private static final String FILE = "objects.journal";
    private static final long SMALLEST_COMPACTION = 4L << 20;

    private final Path file;
    private final long smallestCompaction;
    private FileChannel channel;
    private long sizeAfterCompaction;

    private Journal(Path file, FileChannel channel, long smallestCompaction) throws IOException {
        this.file = file;
        this.channel = channel;
        this.smallestCompaction = smallestCompaction;
        this.sizeAfterCompaction = channel.size();
    }

    /**
     * Opens the journal and replays it.
     *
     * @param directory where it stands, made when missing
     * @param objects receives the living objects
     * @return the journal and the last revision
     */
    static Opened open(Path directory, NavigableMap<ObjectKey, ObjectNode> objects) throws IOException {
        return open(directory, objects, SMALLEST_COMPACTION);
    }

    static Opened open(Path directory, NavigableMap<ObjectKey, ObjectNode> objects, long smallestCompaction)
            throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(FILE);
        long good = 0;
        long revision = 0;
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file);
                    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                String line = reader.readLine();
                int number = 0;
                while (line != null) {
                    number++;
                    String next = reader.readLine();
                    JsonNode record = decode(line);
                    if (record == null) {
                        if (next != null) {
                            throw new IOException(file + ": line " + number
                                    + " is damaged and not the last one; move the file away to start empty");
                        }
                        break;
                    }
                    revision = Math.max(revision, replay(record, objects));
                    good += line.getBytes(StandardCharsets.UTF_8).length + 1L;
                    line = next;
                }
            }
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(good);
        channel.position(good);
        return new Opened(new Journal(file, channel, smallestCompaction), revision);
    }

    record Opened(Journal journal, long revision) {}

    void append(long revision, ObjectKey key, @Nullable ObjectNode object) {
        String line = encode(revision, key, object);
        try {
            long before = channel.position();
            try {
                write(channel, line);
            } catch (IOException e) {
                // Half a line must not stand before the next one.
                channel.truncate(before);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the journal " + file + " takes no more changes", e);
        }
    }

    /** Rewrites the file as the living objects alone, when it has grown enough to be worth it. */
    void compactIfGrown(long revision, Collection<Map.Entry<ObjectKey, ObjectNode>> objects) {
        try {
            long size = channel.position();
            if (size < smallestCompaction || size < 2 * sizeAfterCompaction) {
                return;
            }
            Path next = file.resolveSibling(FILE + ".next");
            FileChannel fresh = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            try {
                // The revision must survive even when no object does.
                write(fresh, encode(revision, new ObjectKey("", "", ""), null));
                for (Map.Entry<ObjectKey, ObjectNode> entry : objects) {
                    write(fresh, encode(revision, entry.getKey(), entry.getValue()));
                }
                fresh.force(true);
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                fresh.close();
                throw e;
            }
            channel.close();
            channel = fresh;
            sizeAfterCompaction = fresh.position();
        } catch (IOException e) {
            throw new UncheckedIOException("the journal " + file + " cannot be rewritten", e);
        }
    }

    private static void write(FileChannel channel, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String encode(long revision, ObjectKey key, @Nullable ObjectNode object) {
        ObjectNode record = Tree.object();
        record.put("revision", revision);
        record.put("resource", key.resource());
        record.put("namespace", key.namespace());
        record.put("name", key.name());
        if (object != null) {
            record.set("object", object);
        }
        String json = record.toString();
        return checksum(json) + " " + json + "\n";
    }

    private static @Nullable JsonNode decode(String line) {
        int space = line.indexOf(' ');
        if (space < 0) {
            return null;
        }
        String json = line.substring(space + 1);
        return checksum(json).equals(line.substring(0, space)) ? Tree.parseOwn(json) : null;
    }

    private static String checksum(String json) {
        CRC32 crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private static long replay(JsonNode record, NavigableMap<ObjectKey, ObjectNode> objects) {
        ObjectKey key = new ObjectKey(
                record.path("resource").asText(),
                record.path("namespace").asText(),
                record.path("name").asText());
        if (record.get("object") instanceof ObjectNode object) {
            objects.put(key, object);
        } else {
            objects.remove(key);
        }
        return record.path("revision").asLong();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
