package io.shardeddb.bench.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One HTTP/1.1 connection, kept open, one request at a time. Does the least that a client must, because the load
 * generator shares its processors with what it measures: a request is one write, an answer is read into one buffer.
 */
public final class HttpConnection implements AutoCloseable {

    private static final int CONNECT_MILLIS = 10_000;
    private static final int READ_MILLIS = 60_000;
    private static final int BODY_MAX = 256 << 20;

    private final String host;
    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private byte[] request = new byte[1024];
    private byte[] answer = new byte[4096];
    private int filled;
    private int bodyFrom;
    private int bodyTo;

    /** Connects. */
    public HttpConnection(InetSocketAddress address) throws IOException {
        this.host = address.getHostString() + ":" + address.getPort();
        this.socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_MILLIS);
            socket.connect(address, CONNECT_MILLIS);
            this.out = socket.getOutputStream();
            this.in = socket.getInputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a request and reads the whole answer.
     *
     * @param body ASCII; empty for none
     * @return the status
     * @throws IOException when the connection broke or the answer is not HTTP; the connection cannot be used any more
     */
    public int exchange(String method, String path, CharSequence body) throws IOException {
        StringBuilder head = new StringBuilder(160 + body.length())
                .append(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host);
        if (!body.isEmpty()) {
            head.append("\r\nContent-Type: application/json\r\nContent-Length: ")
                    .append(body.length());
        }
        head.append("\r\n\r\n").append(body);
        int length = head.length();
        if (request.length < length) {
            request = new byte[length * 2];
        }
        for (int i = 0; i < length; i++) {
            request[i] = (byte) head.charAt(i);
        }
        out.write(request, 0, length);
        return read();
    }

    /** The last answer's body. */
    public String body() {
        return new String(answer, bodyFrom, bodyTo - bodyFrom, StandardCharsets.UTF_8);
    }

    /** Length of the last answer's body. */
    public int bodyLength() {
        return bodyTo - bodyFrom;
    }

    private int read() throws IOException {
        filled = 0;
        int headEnd = -1;
        for (int searched = 0; headEnd < 0; ) {
            fill();
            headEnd = endOfHead(searched);
            searched = Math.max(0, filled - 3);
        }
        if (filled < 12 || answer[0] != 'H') {
            throw new IOException("not an HTTP answer");
        }
        int status = (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
        bodyFrom = headEnd;
        long length = contentLength(headEnd);
        if (length == CHUNKED) {
            readChunks(headEnd);
        } else {
            if (length > BODY_MAX) {
                throw new IOException("a body of " + length + " bytes");
            }
            bodyTo = headEnd + (int) length;
            while (filled < bodyTo) {
                fill();
            }
        }
        return status;
    }

    private void fill() throws IOException {
        if (filled == answer.length) {
            answer = Arrays.copyOf(answer, answer.length * 2);
        }
        int n;
        try {
            n = in.read(answer, filled, answer.length - filled);
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer within " + READ_MILLIS / 1_000 + " s", e);
        }
        if (n < 0) {
            throw new IOException("the connection was closed");
        }
        filled += n;
    }

    private int endOfHead(int from) {
        for (int i = from; i + 3 < filled; i++) {
            if (answer[i] == '\r' && answer[i + 1] == '\n' && answer[i + 2] == '\r' && answer[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private static final long CHUNKED = -1;

    private long contentLength(int headEnd) throws IOException {
        for (int line = lineAfter(0); line < headEnd - 2; line = lineAfter(line)) {
            // The two headers that matter begin with c and t.
            int first = answer[line] | 0x20;
            if (first == 'c' || first == 't') {
                String text = new String(answer, line, lineAfter(line) - line, StandardCharsets.ISO_8859_1)
                        .strip()
                        .toLowerCase(Locale.ROOT);
                if (text.startsWith("content-length:")) {
                    return Long.parseLong(text.substring(15).strip());
                }
                if (text.startsWith("transfer-encoding:") && text.endsWith("chunked")) {
                    return CHUNKED;
                }
            }
        }
        throw new IOException("an answer without a length");
    }

    private int lineAfter(int line) {
        int i = line;
        while (answer[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    /** Puts the chunks' contents one behind the other, over their frames. */
    private void readChunks(int from) throws IOException {
        int read = from;
        int write = from;
        while (true) {
            int lineEnd = line(read);
            String size = new String(answer, read, lineEnd - read, StandardCharsets.ISO_8859_1).strip();
            int length = Integer.parseInt(size.split(";", 2)[0], 16);
            int start = lineEnd + 1;
            while (filled < start + length + 2) {
                fill();
            }
            System.arraycopy(answer, start, answer, write, length);
            write += length;
            read = start + length + 2;
            if (length == 0) {
                bodyTo = write;
                return;
            }
        }
    }

    /** Where the line that begins here ends. */
    private int line(int from) throws IOException {
        for (int i = from; ; i++) {
            while (i >= filled) {
                fill();
            }
            if (answer[i] == '\n') {
                return i;
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
