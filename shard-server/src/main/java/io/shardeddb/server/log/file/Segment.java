package io.shardeddb.server.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One file of the log.
 *
 * @param id names the file
 * @param base log position of its first byte
 * @param file the open file
 */
public record Segment(long id, long base, Disk.DiskFile file) implements AutoCloseable {

    public ByteBuffer read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        if (file.read(bytes, position - base) < length) {
            throw new DamagedLogException(Manifest.fileName(id) + " ends before position " + (position + length));
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
