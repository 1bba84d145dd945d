package io.shardeddb.server.timestamp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.consensus.timestamp.TimestampKeeper;
import io.shardeddb.protocol.wire.TimestampState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** What the timestamp service has durable on this volume: one small file, replaced as a whole and forced. */
final class TimestampFile {
    private static final String NAME = "timestamps";

    private final Path folder;

    /** @param folder the data directory */
    TimestampFile(Path folder) {
        this.folder = folder;
    }

    /**
     * What was written last.
     *
     * @throws IOException when it cannot be read: going on without it could give old timestamps again
     */
    TimestampKeeper.Durable read() throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return TimestampKeeper.Durable.EMPTY;
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length < Long.BYTES) {
            throw new IOException(file + " is too short to be what was written");
        }
        byte[] content = Arrays.copyOfRange(bytes, Long.BYTES, bytes.length);
        if (ByteBuffer.wrap(bytes).getLong() != checksum(content)) {
            throw new IOException(file + " is not what was written: its checksum differs");
        }
        try {
            TimestampState state = TimestampState.parseFrom(content);
            return new TimestampKeeper.Durable(
                    TimestampCodec.ofWire(state.getGroup()), state.getSealedEpoch(), state.getGreatest());
        } catch (InvalidProtocolBufferException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    /** Replaces the content; it is on the disk when this returns. */
    void write(TimestampKeeper.Durable durable) throws IOException {
        byte[] content = TimestampState.newBuilder()
                .setGroup(TimestampCodec.toWire(durable.membership()))
                .setSealedEpoch(durable.sealedEpoch())
                .setGreatest(durable.bound())
                .build()
                .toByteArray();
        Path fresh = folder.resolve(NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + content.length);
            bytes.putLong(checksum(content)).put(content).flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static long checksum(byte[] content) {
        CRC32C sum = new CRC32C();
        sum.update(content);
        return sum.getValue();
    }
}
