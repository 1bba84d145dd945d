package io.shardeddb.local.http;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Text messages over a WebSocket (RFC 6455), server to client only: what the client says is read for ping and close and
 * otherwise dropped.
 */
final class WebSocketParts implements Exchange.PartStream {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Socket socket;
    private final OutputStream out;
    private final ClientWatch client = new ClientWatch();
    private boolean closeSent;

    WebSocketParts(Socket socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.out = out;
        Thread.ofVirtual().name("websocket-reader").start(() -> {
            try {
                readUntilClose(new DataInputStream(in));
            } catch (IOException e) {
                // The connection is broken: the same as closed.
            } finally {
                client.markGone();
            }
        });
    }

    /** The answer to the client's key, which proves that the server speaks the protocol. */
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    private void readUntilClose(DataInputStream in) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            long length = second & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            if (length < 0 || length > 1 << 20) {
                throw new IOException("a frame of " + length + " bytes");
            }
            byte[] mask = (second & 0x80) != 0 ? in.readNBytes(4) : new byte[4];
            byte[] payload = in.readNBytes((int) length);
            if (mask.length < 4 || payload.length < length) {
                return;
            }
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            int opcode = first & 0x0f;
            if (opcode == CLOSE) {
                frame(CLOSE, payload);
                return;
            }
            if (opcode == PING) {
                frame(PONG, payload);
            }
        }
    }

    private synchronized void frame(int opcode, byte[] payload) throws IOException {
        if (closeSent) {
            return;
        }
        closeSent = opcode == CLOSE;
        out.write(0x80 | opcode);
        if (payload.length < 126) {
            out.write(payload.length);
        } else if (payload.length <= 0xffff) {
            out.write(126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >> shift));
            }
        }
        out.write(payload);
        out.flush();
    }

    @Override
    public void send(byte[] part) throws IOException {
        frame(TEXT, part);
    }

    @Override
    public boolean clientGone() {
        return client.isGone();
    }

    @Override
    public void onClientGone(Runnable action) {
        client.onGone(action);
    }

    @Override
    public void close() throws IOException {
        try {
            if (!client.isGone()) {
                frame(CLOSE, new byte[] {0x03, (byte) 0xe8});
            }
        } finally {
            socket.close();
        }
    }
}
