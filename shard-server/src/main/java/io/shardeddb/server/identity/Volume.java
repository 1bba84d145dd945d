package io.shardeddb.server.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A data directory that this process holds for life. Its identity file has the volume's random id and counts the
 * starts; both are forced before anybody hears of them. A process that finds the file gone or changed while it runs
 * must end at once.
 */
public final class Volume implements AutoCloseable {
    private static final String IDENTITY_FILE = "identity";
    private static final String LOCK_FILE = "lock";
    private static final int ID_BYTES = 16;

    private final Path folder;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final String id;
    private final long bootCounter;

    private Volume(Path folder, FileChannel lockChannel, FileLock lock, String id, long bootCounter) {
        this.folder = folder;
        this.lockChannel = lockChannel;
        this.lock = lock;
        this.id = id;
        this.bootCounter = bootCounter;
    }

    /**
     * Takes the directory, makes its identity when there is none, and counts this start.
     *
     * @throws IOException when another process holds it, its identity cannot be read, or the disk refuses
     */
    public static Volume open(Path folder) throws IOException {
        return open(folder, () -> {});
    }

    /** Something that is done before the volume is written to. */
    public interface Preparation {
        void run() throws IOException;
    }

    /**
     * The same.
     *
     * @param beforeWriting runs when the directory is held and nothing has been written: makes room, where the volume
     *     is full
     */
    public static Volume open(Path folder, Preparation beforeWriting) throws IOException {
        Files.createDirectories(folder);
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new IOException("another process holds the data directory " + folder);
        }
        try {
            beforeWriting.run();
            Content before = read(folder.resolve(IDENTITY_FILE));
            Content now = before == null ? new Content(newId(), 1) : new Content(before.id(), before.bootCounter() + 1);
            write(folder, now);
            return new Volume(folder, channel, lock, now.id(), now.bootCounter());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    private static String newId() {
        byte[] bytes = new byte[ID_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The volume's identity, 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** How many processes have started on it, this one included. */
    public long bootCounter() {
        return bootCounter;
    }

    /** Whether the directory still is the one that was opened. */
    public boolean isIntact() {
        try {
            Content content = read(folder.resolve(IDENTITY_FILE));
            return content != null && content.equals(new Content(id, bootCounter));
        } catch (IOException e) {
            return false;
        }
    }

    private record Content(String id, long bootCounter) {}

    private static @Nullable Content read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        String[] lines = Files.readString(file).split("\n", -1);
        if (lines.length < 2 || !lines[0].matches("volume [0-9a-f]{32}") || !lines[1].matches("boot [0-9]{1,18}")) {
            throw new IOException("the identity file " + file + " cannot be read");
        }
        return new Content(
                lines[0].substring("volume ".length()), Long.parseLong(lines[1].substring("boot ".length())));
    }

    private static void write(Path folder, Content content) throws IOException {
        Path fresh = folder.resolve(IDENTITY_FILE + ".new");
        String text = "volume " + content.id() + "\nboot " + content.bootCounter() + "\n";
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                fresh,
                folder.resolve(IDENTITY_FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockChannel.close();
    }
}
