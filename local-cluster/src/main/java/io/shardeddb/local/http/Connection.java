package io.shardeddb.local.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads requests from one connection and writes their answers, one after another. */
final class Connection {
    private static final int LONGEST_LINE = 64 << 10;
    private static final int MOST_HEADERS = 200;
    private static final int LARGEST_BODY = 8 << 20;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final HttpServer.Handler handler;

    Connection(Socket socket, HttpServer.Handler handler) throws IOException {
        this.socket = socket;
        this.handler = handler;
        this.in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16 << 10);
    }

    void serve() throws IOException {
        boolean open = true;
        while (open) {
            Request request;
            try {
                request = read();
            } catch (BadRequest e) {
                new Answer(false).send(e.status, "text/plain", bytes(e.getMessage() + "\n"));
                return;
            }
            if (request == null) {
                return;
            }
            boolean keepAlive = !"close".equalsIgnoreCase(request.headers().getOrDefault("connection", ""));
            Answer answer = new Answer(keepAlive);
            answer.webSocketKey = request.headers().get("sec-websocket-key");
            handler.handle(request, answer);
            open = answer.reusable;
        }
    }

    private @Nullable Request read() throws IOException, BadRequest {
        String line = line();
        if (line == null || line.isEmpty()) {
            return null;
        }
        String[] words = line.split(" ", -1);
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new BadRequest(400, "not an HTTP/1.1 request line");
        }
        Map<String, String> headers = new HashMap<>();
        for (String header = line(); ; header = line()) {
            if (header == null) {
                throw new EOFException("the connection ended within the headers");
            }
            if (header.isEmpty()) {
                break;
            }
            int colon = header.indexOf(':');
            if (colon <= 0 || headers.size() >= MOST_HEADERS) {
                throw new BadRequest(400, "bad header line");
            }
            headers.put(
                    header.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        if ("100-continue".equalsIgnoreCase(headers.getOrDefault("expect", ""))) {
            out.write(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
            out.flush();
        }
        byte[] body = body(headers);
        try {
            return Request.of(words[0], words[1], headers, body);
        } catch (IllegalArgumentException e) {
            throw new BadRequest(400, "bad escape in the request target: " + e.getMessage());
        }
    }

    private byte[] body(Map<String, String> headers) throws IOException, BadRequest {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                String sizeLine = line();
                if (sizeLine == null) {
                    throw new EOFException("the connection ended within the body");
                }
                int size = number(sizeLine.split(";", -1)[0].strip(), 16);
                if (body.size() + (long) size > LARGEST_BODY) {
                    throw new BadRequest(413, "the body is larger than " + LARGEST_BODY + " bytes");
                }
                if (size == 0) {
                    for (String trailer = line(); trailer != null && !trailer.isEmpty(); ) {
                        trailer = line();
                    }
                    return body.toByteArray();
                }
                body.write(exactly(size));
                line();
            }
        }
        int length = number(headers.getOrDefault("content-length", "0"), 10);
        if (length > LARGEST_BODY) {
            throw new BadRequest(413, "the body is larger than " + LARGEST_BODY + " bytes");
        }
        return exactly(length);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended within the body");
        }
        return bytes;
    }

    private static int number(String text, int radix) throws BadRequest {
        try {
            int number = Integer.parseInt(text, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new BadRequest(400, "bad length: " + text);
        }
        throw new BadRequest(400, "bad length: " + text);
    }

    private @Nullable String line() throws IOException, BadRequest {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (line.size() >= LONGEST_LINE) {
                throw new BadRequest(431, "a header line is longer than " + LONGEST_LINE + " bytes");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class BadRequest extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        BadRequest(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /** The one answer to a request. */
    private final class Answer implements Exchange {
        private final boolean keepAlive;
        private boolean reusable;
        private @Nullable String webSocketKey;
        private final StringBuilder headers = new StringBuilder();

        Answer(boolean keepAlive) {
            this.keepAlive = keepAlive;
        }

        @Override
        public void header(String name, String value) {
            headers.append(name)
                    .append(": ")
                    .append(value.replaceAll("[\\r\\n]+", " "))
                    .append("\r\n");
        }

        @Override
        public void send(int status, String contentType, byte[] body) throws IOException {
            out.write(bytes("HTTP/1.1 " + status + " " + Reasons.phrase(status) + "\r\nContent-Type: " + contentType
                    + "\r\nContent-Length: " + body.length + "\r\nCache-Control: no-cache, private\r\n"
                    + headers + (keepAlive ? "" : "Connection: close\r\n") + "\r\n"));
            out.write(body);
            out.flush();
            reusable = keepAlive;
        }

        @Override
        public PartStream stream(String contentType) throws IOException {
            out.write(bytes("HTTP/1.1 200 OK\r\nContent-Type: " + contentType
                    + "\r\nTransfer-Encoding: chunked\r\nCache-Control: no-cache, private\r\n"
                    + "Connection: close\r\n\r\n"));
            out.flush();
            return new ChunkedParts(socket, in, out);
        }

        @Override
        public PartStream webSocket() throws IOException {
            return new WebSocketParts(socket, upgraded(""));
        }

        @Override
        public Messages messages(String protocol) throws IOException {
            return new WebSocketMessages(socket, upgraded("Sec-WebSocket-Protocol: " + protocol + "\r\n"));
        }

        private WebSocketFrames upgraded(String header) throws IOException {
            String key = webSocketKey;
            if (key == null) {
                throw new IllegalStateException("not a WebSocket request");
            }
            out.write(bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + WebSocketFrames.accept(key) + "\r\n" + header + "\r\n"));
            out.flush();
            return new WebSocketFrames(in, out);
        }
    }
}
