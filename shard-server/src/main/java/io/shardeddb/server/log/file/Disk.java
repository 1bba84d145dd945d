package io.shardeddb.server.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The folder that holds the log, as narrow as the log needs it: tests put one in its place that tears writes, loses
 * what was not forced, refuses and rots.
 */
public interface Disk {

    /** Names of all files in the folder, in no order. */
    List<String> list() throws IOException;

    /** Makes a new, empty file; one that is there already is emptied. */
    DiskFile create(String name) throws IOException;

    /** Opens an existing file for reading and writing. */
    DiskFile open(String name) throws IOException;

    void delete(String name) throws IOException;

    /** Puts {@code from} in the place of {@code to} in one step. */
    void rename(String from, String to) throws IOException;

    /** Makes the folder's entries (creations, renames, deletions) durable. */
    void forceDirectory() throws IOException;

    /** Bytes that could still be written to the volume. */
    long usableBytes() throws IOException;

    /** Memory to write from; on a real disk outside the heap, so that nothing is copied on the way. */
    default ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    /** One file. */
    interface DiskFile extends AutoCloseable {

        /** Writes the whole buffer at a position. */
        void write(ByteBuffer bytes, long position) throws IOException;

        /** Fills the buffer from a position as far as the file goes; returns the number of bytes read, 0 at the end. */
        int read(ByteBuffer bytes, long position) throws IOException;

        /**
         * Returns when everything written is durable. An error here must end the process: what it means for the data is
         * unknown.
         */
        void force() throws IOException;

        long size() throws IOException;

        @Override
        void close() throws IOException;
    }
}
