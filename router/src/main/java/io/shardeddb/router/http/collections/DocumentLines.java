package io.shardeddb.router.http.collections;

import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.function.BooleanSupplier;

/**
 * Documents as lines of JSON, made as they are read. The last line says that the answer is whole:
 * {@code {"$complete":true,"$count":2}}. No document can have members of such names. A failure on the way ends the
 * stream without it.
 */
final class DocumentLines extends InputStream {

    private static final int CHUNK = 32 * 1024;

    private final Source source;
    private byte[] chunk = new byte[0];
    private int at;
    private long count;
    private boolean done;

    /**
     * Where the documents come from.
     *
     * @param severalMoments after the last one: whether the rest is of a later moment than the others
     * @param close ends their reading
     */
    record Source(Iterator<ObjectValue> documents, BooleanSupplier severalMoments, Runnable close) {}

    /**
     * Begins, and makes the first lines: what fails until then can still be answered as an error. Blocks.
     *
     * @param source closed with this
     * @throws DatabaseException when the documents fail; the source stays the caller's to close
     */
    DocumentLines(Source source) {
        this.source = source;
        make();
    }

    private void make() {
        StringBuilder lines = new StringBuilder();
        Iterator<ObjectValue> documents = source.documents();
        while (lines.length() < CHUNK && documents.hasNext()) {
            lines.append(documents.next().toJson()).append('\n');
            count++;
        }
        if (lines.length() < CHUNK) {
            lines.append("{\"$complete\":true,\"$count\":").append(count);
            lines.append(source.severalMoments().getAsBoolean() ? ",\"$severalMoments\":true}\n" : "}\n");
            done = true;
        }
        chunk = lines.toString().getBytes(StandardCharsets.UTF_8);
        at = 0;
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
        if (at == chunk.length) {
            if (done) {
                return -1;
            }
            try {
                make();
            } catch (DatabaseException e) {
                done = true;
                throw new IOException(e.text(), e);
            }
        }
        int copied = Math.min(length, chunk.length - at);
        System.arraycopy(chunk, at, target, offset, copied);
        at += copied;
        return copied;
    }

    @Override
    public void close() {
        done = true;
        source.close().run();
    }
}
