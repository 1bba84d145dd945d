package io.shardeddb.testsupport.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection over which bytes are sent as they are; what comes back is read by HTTP's rules and refused where it
 * breaks them.
 */
public final class RawClient implements AutoCloseable {

    private static final int WAIT_MILLIS = 20_000;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.([01]) ([1-5][0-9][0-9])( [\\x20-\\x7e]*)?");
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\x20-\\x7e\\t]*)");

    private final Socket socket;
    private final InputStream in;

    /** Connects to a port of this machine. */
    public RawClient(int port) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Connects to an address of this machine. */
    public RawClient(InetSocketAddress server) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(WAIT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * An answer.
     *
     * @param minorVersion 0 for HTTP/1.0, 1 for HTTP/1.1
     * @param fields by their names in lower case
     */
    public record Answer(int minorVersion, int status, Map<String, String> fields, String body) {

        /** Whether the server closes the connection after it. HTTP/1.0 keeps it only where the answer says so. */
        public boolean closes() {
            String connection = fields.get("connection");
            return minorVersion == 0
                    ? !"keep-alive".equalsIgnoreCase(connection)
                    : "close".equalsIgnoreCase(connection);
        }
    }

    /** An answer that breaks HTTP's rules. */
    public static final class NotHttp extends IOException {
        private static final long serialVersionUID = 1L;

        NotHttp(String message) {
            super(message);
        }
    }

    /** Sends bytes. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends no more. */
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * The next final answer, or null when the connection ended before its first byte.
     *
     * @param onlyHead whether it answers HEAD
     * @throws NotHttp when it breaks HTTP's rules
     */
    public @Nullable Answer receive(boolean onlyHead) throws IOException {
        while (true) {
            String line = line(true);
            if (line == null) {
                return null;
            }
            Matcher status = STATUS_LINE.matcher(line);
            if (!status.matches()) {
                throw new NotHttp("not a status line: " + line);
            }
            int version = Integer.parseInt(status.group(1));
            int code = Integer.parseInt(status.group(2));
            Map<String, String> fields = fields();
            if (code >= 200) {
                boolean empty = onlyHead || code == 204 || code == 304;
                return new Answer(version, code, fields, empty ? "" : new String(body(fields), StandardCharsets.UTF_8));
            }
        }
    }

    private Map<String, String> fields() throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line = line(false); line != null && !line.isEmpty(); line = line(false)) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new NotHttp("not a header field: " + line);
            }
            String name = field.group(1).toLowerCase(Locale.ROOT);
            if (fields.put(name, field.group(2)) != null
                    && (name.equals("content-length") || name.equals("content-type"))) {
                throw new NotHttp(name + " twice");
            }
        }
        return fields;
    }

    private byte[] body(Map<String, String> fields) throws IOException {
        String length = fields.get("content-length");
        if ("chunked".equalsIgnoreCase(fields.get("transfer-encoding"))) {
            if (length != null) {
                throw new NotHttp("a length and chunks");
            }
            return chunks();
        }
        if (length == null) {
            if (!"close".equalsIgnoreCase(fields.get("connection"))) {
                throw new NotHttp("neither a length, nor chunks, nor a closed connection");
            }
            return in.readAllBytes();
        }
        byte[] body = in.readNBytes(Integer.parseInt(length));
        if (body.length != Integer.parseInt(length)) {
            throw new EOFException("the body ends after " + body.length + " of " + length + " bytes");
        }
        return body;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = String.valueOf(line(false));
            int size = Integer.parseInt(line, 16);
            body.writeBytes(in.readNBytes(size));
            if (!"".equals(line(false))) {
                throw new NotHttp("no end of line after a chunk");
            }
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    /** A line without its end; null when there is none and {@code mayEnd}. */
    private @Nullable String line(boolean mayEnd) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); ; b = in.read()) {
            if (b < 0) {
                if (mayEnd && line.size() == 0) {
                    return null;
                }
                throw new EOFException("the answer ends within a line: " + line);
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(b);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
