package io.shardeddb.cli.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Writes text files into a gzipped tar archive in the POSIX ustar form. */
final class TarGzip implements AutoCloseable {

    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int PREFIX_BYTES = 155;

    private final GZIPOutputStream out;
    private final long seconds;

    /** @param seconds time of all files, since 1970 */
    TarGzip(OutputStream out, long seconds) throws IOException {
        this.out = new GZIPOutputStream(out);
        this.seconds = seconds;
    }

    /**
     * Adds a file.
     *
     * @param path with slashes; at most 255 bytes, its last part at most 100
     */
    void add(String path, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        out.write(header(path, content.length));
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private byte[] header(String path, int length) throws IOException {
        byte[] header = new byte[BLOCK];
        int slash = path.length() <= NAME_BYTES ? -1 : path.indexOf('/', path.length() - NAME_BYTES - 1);
        String name = path.substring(slash + 1);
        String prefix = slash < 0 ? "" : path.substring(0, slash);
        if (name.length() > NAME_BYTES || prefix.length() > PREFIX_BYTES) {
            throw new IOException("path too long for an archive: " + path);
        }
        put(header, 0, name);
        put(header, 100, octal(0644, 7));
        put(header, 108, octal(0, 7));
        put(header, 116, octal(0, 7));
        put(header, 124, octal(length, 11));
        put(header, 136, octal(seconds, 11));
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 345, prefix);
        int sum = 0;
        for (byte each : header) {
            sum += Byte.toUnsignedInt(each);
        }
        put(header, 148, octal(sum, 6));
        header[154] = 0;
        return header;
    }

    private static String octal(long value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", value);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.close();
    }
}
