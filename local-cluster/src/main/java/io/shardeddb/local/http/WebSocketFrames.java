package io.shardeddb.local.http;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Frames of one WebSocket (RFC 6455), on the server's side. Frames are written by any thread, and read by one at a
 * time.
 */
final class WebSocketFrames {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int LONGEST = 1 << 20;

    private final DataInputStream in;
    private final OutputStream out;
    private boolean closeSent;

    WebSocketFrames(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    /**
     * What came.
     *
     * @param opcode kind of the frame
     * @param last whether no further frame belongs to the message
     */
    @SuppressWarnings("ArrayRecordComponent") // a payload is read once and never compared
    record Frame(int opcode, boolean last, byte[] payload) {}

    /** The answer to the client's key, which proves that the server speaks the protocol. */
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** The next frame. A ping is answered before it is returned, and a close too. */
    Frame read() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || length > LONGEST) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] mask = (second & 0x80) != 0 ? in.readNBytes(4) : new byte[4];
        byte[] payload = in.readNBytes((int) length);
        if (mask.length < 4 || payload.length < length) {
            throw new EOFException("the connection ended within a frame");
        }
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        Frame frame = new Frame(first & 0x0f, (first & 0x80) != 0, payload);
        if (frame.opcode() == CLOSE) {
            write(CLOSE, payload);
        } else if (frame.opcode() == PING) {
            write(PONG, payload);
        }
        return frame;
    }

    /** Sends a message in one frame. After a close was sent it does nothing. */
    synchronized void write(int opcode, byte[] payload) throws IOException {
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

    /** Says goodbye, with the code of a normal end. */
    void writeClose() throws IOException {
        write(CLOSE, new byte[] {0x03, (byte) 0xe8});
    }
}
