package io.shardeddb.router.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.json.RowOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A JSON document around the rows of a stream, made as it is read: some kilobytes of it at a time. */
public final class RowsDocument extends InputStream {

    private static final int CHUNK = 32 * 1024;

    private final RangeStream rows;
    private final RowOutput output;
    private final Ending ending;
    private final Buffer buffer = new Buffer();
    private final JsonGenerator json;
    private int at;
    private long count;
    private @Nullable Row last;
    private boolean done;

    /** What follows the rows. */
    @FunctionalInterface
    public interface Ending {
        /**
         * Writes everything behind the last row, the end of the array included.
         *
         * @param count rows given
         * @param last the last one, with all its fetched columns; null when there was none
         */
        void write(JsonGenerator json, long count, @Nullable Row last) throws IOException;
    }

    private static final class Buffer extends ByteArrayOutputStream {
        int copy(int from, byte[] target, int offset, int length) {
            int available = Math.min(length, count - from);
            System.arraycopy(buf, from, target, offset, available);
            return available;
        }
    }

    /**
     * Begins the document, and makes the first 32 KiB of it: what fails until then can still be answered as an error.
     * Blocks.
     *
     * @param beginning writes everything before the first row, the start of the array included
     * @throws DatabaseException when the rows fail; the stream stays the caller's to close
     */
    public RowsDocument(RangeStream rows, RowOutput output, JsonOutput.Writing beginning, Ending ending)
            throws IOException {
        this.rows = rows;
        this.output = output;
        this.ending = ending;
        this.json = JsonOutput.generator(buffer);
        beginning.write(json);
        make();
    }

    /** Makes sure that there are bytes, or the end. */
    private boolean fill() throws IOException {
        if (at < buffer.size()) {
            return true;
        }
        if (done) {
            return false;
        }
        buffer.reset();
        at = 0;
        try {
            make();
        } catch (DatabaseException e) {
            done = true;
            throw new IOException(e.text(), e);
        }
        return at < buffer.size();
    }

    /** Writes rows until a chunk is full, and what follows them when there are no more. */
    private void make() throws IOException {
        while (buffer.size() < CHUNK && rows.hasNext()) {
            Row row = rows.next();
            output.write(json, row);
            last = row;
            count++;
            // The generator holds some bytes back; what it holds is bounded.
            if (count % 64 == 0) {
                json.flush();
            }
        }
        if (buffer.size() < CHUNK) {
            ending.write(json, count, last);
            done = true;
            json.close();
        }
        json.flush();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int copied = buffer.copy(at, target, offset, length);
        at += copied;
        return copied;
    }

    @Override
    public void close() {
        done = true;
        rows.close();
    }
}
